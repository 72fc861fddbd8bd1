"""What a chat follows as messages with buttons: one topic, and the list of all.

The data of the buttons holds the id of the subscription, so they work for as long as it is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts_following as texts
from bot.answers import html_payload, with_keyboard
from bot.buttons import Press, button_data
from bot.history import local_time
from bot.markup import Fragment, bold, clean_text, cut_text, joined, plain
from bot.starter_topics import StarterTopic
from bot.topics import name_kind, name_topic
from storage.feeds import StoredFeed
from storage.models import FeedTopic
from storage.subscriptions import FOREVER, Subscription

SHOW_LIST, SHOW_STOP_LIST, SHOW = "fl", "fx", "fo"
AT_ONCE, DAILY, MUTE, TELL, RETRY, STOP, RESTORE = "fa", "fd", "fm", "ft", "fr", "fs", "fu"
PANEL_PRESSED = r"1:f[a-z]:"
STARTER = "sr"
STARTER_PRESSED = rf"1:{STARTER}:"
PAGE_SIZE = 8
BUTTON_UNITS = 60

Rows = list[list[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription, and the feed that it stands for, if it stands for one."""

    subscription: Subscription
    feed: StoredFeed | None = None

    @property
    def name(self) -> str:
        title = clean_text(self.feed.title) if self.feed else ""
        return name_topic(self.subscription.topic, feed_title=title)

    @property
    def is_ailing(self) -> bool:
        return self.feed is not None and (self.feed.state != "active" or self.feed.failures > 0)


def render_panel(
    followed: Followed, now: datetime, *, heading: str = "", note: str = "", is_new: bool = False
) -> dict[str, Any]:
    """The message about one topic; one that `is_new` can be taken back instead of stopped."""
    kind = name_kind(followed.subscription.topic)
    title = joined([bold(followed.name), plain(kind)], " · ")
    states = _states(followed, now)
    html = joined([plain(heading), title, *states, plain(note)], "\n").html
    return with_keyboard(html_payload(html), _panel_keyboard(followed, is_new=is_new))


def render_stopped(followed: Followed) -> dict[str, Any]:
    """The message about a topic that is followed no more."""
    html = (plain(texts.STOPPED) + bold(followed.name) + plain(".")).html
    undo = [[_button(texts.UNDO, RESTORE, followed.subscription.id)]]
    return with_keyboard(html_payload(html), InlineKeyboardMarkup(undo))


def render_list(
    every: Sequence[Followed], page: int, now: datetime, *, stops: bool = False
) -> dict[str, Any]:
    """A page of what a chat follows, counted from 0; its buttons open a topic, or stop it."""
    pages = max(1, -(-len(every) // PAGE_SIZE))
    page = min(page, pages - 1)
    shown = every[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    title = bold(texts.WHICH_TO_STOP if stops else texts.LIST_TITLE)
    rows = [joined([bold(item.name), *_states(item, now)], " · ") for item in shown]
    buttons = [
        [_button(item.name, STOP if stops else SHOW, item.subscription.id)] for item in shown
    ]
    turning = _turning(page, pages, SHOW_STOP_LIST if stops else SHOW_LIST)
    keyboard = InlineKeyboardMarkup([*buttons, *([turning] if turning else [])])
    return with_keyboard(html_payload(joined([title, *rows], "\n\n").html), keyboard)


def _states(followed: Followed, now: datetime) -> list[Fragment]:
    """When a topic is told, and what keeps it from being told."""
    subscription = followed.subscription
    states = [plain(texts.schedule(subscription.schedule))]
    if not subscription.told:
        states = [plain(texts.ONLY_TOPICS)]
    elif subscription.paused_until is not None and subscription.paused_until > now:
        states = [_paused(subscription.paused_until)]
    elif subscription.next_slot_at is not None:
        states.append(plain(texts.NEXT) + local_time(max(subscription.next_slot_at, now)))
    if followed.feed is not None and followed.is_ailing:
        states.append(plain(_ailment(followed.feed)))
    return states


def _paused(until: datetime) -> Fragment:
    if until == FOREVER:
        return plain(texts.PAUSED)
    return plain(texts.PAUSED_UNTIL) + local_time(until)


def _ailment(feed: StoredFeed) -> str:
    return texts.ailment(feed.state, texts.name_failure(feed.failure or ""))


def _panel_keyboard(followed: Followed, *, is_new: bool) -> InlineKeyboardMarkup:
    subscription = followed.subscription
    id_ = subscription.id
    at_once = subscription.schedule.at_once
    rows: Rows = []
    if subscription.told:
        verb = DAILY if at_once else AT_ONCE
        rows.append([_button(texts.TELL_DAILY if at_once else texts.TELL_AT_ONCE, verb, id_)])
    if isinstance(subscription.topic, FeedTopic):
        told = subscription.told
        label = texts.MUTE if told else texts.UNMUTE
        rows.append([_button(label, MUTE if told else TELL, id_)])
    if followed.is_ailing:
        rows.append([_button(texts.RETRY_NOW, RETRY, id_)])
    end = _button(texts.UNDO if is_new else texts.STOP_FOLLOWING, STOP, id_)
    rows.append([end, _button(texts.ALL_TOPICS, SHOW_LIST)])
    return InlineKeyboardMarkup(rows)


def trouble_keyboard(subscription: Subscription) -> InlineKeyboardMarkup:
    """What can be done about a feed that fails."""
    retry, stop = (
        _button(label, verb, subscription.id)
        for label, verb in ((texts.RETRY_NOW, RETRY), (texts.STOP_FOLLOWING, STOP))
    )
    return InlineKeyboardMarkup([[retry, stop]])


def _turning(page: int, pages: int, verb: str) -> list[InlineKeyboardButton]:
    back = [_button("‹", verb, number=page - 1)] if page else []
    on = [_button("›", verb, number=page + 1)] if page + 1 < pages else []
    return [*back, *on]


def _button(label: str, verb: str, id_: int = 0, number: int = 0) -> InlineKeyboardButton:
    text = cut_text(label, BUTTON_UNITS) or texts.UNTITLED
    return InlineKeyboardButton(text, callback_data=button_data(Press(verb, id_, number)))


def starters_keyboard(starters: Sequence[StarterTopic]) -> InlineKeyboardMarkup | None:
    """A button for each starter topic; they are counted from 1. None where there are none."""
    if not starters:
        return None
    rows = [
        [
            InlineKeyboardButton(
                cut_text(clean_text(starter.name), BUTTON_UNITS) or texts.UNTITLED,
                callback_data=button_data(Press(STARTER, number)),
            )
        ]
        for number, starter in enumerate(starters, start=1)
    ]
    return InlineKeyboardMarkup(rows)
