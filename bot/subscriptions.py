"""/subscriptions and /unsubscribe: what a chat follows, and the buttons that change it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from telegram import CallbackQuery, LinkPreviewOptions, Message, Update
from telegram.error import BadRequest

from bot import texts
from bot import texts_following as following_texts
from bot.admins import may_press
from bot.answers import answer_press, answer_text, reply
from bot.buttons import Press, read_press
from bot.context import NutgrafContext, Services
from bot.follow_rules import at_once
from bot.following import next_slot_at, with_feed
from bot.outcome import Write, current_outcome
from bot.panels import (
    AT_ONCE,
    DAILY,
    MUTE,
    PAGE_SIZE,
    RESTORE,
    RETRY,
    SHOW,
    SHOW_LIST,
    SHOW_STOP_LIST,
    STOP,
    TELL,
    Followed,
    render_list,
    render_panel,
    render_stopped,
)
from bot.subscribe import address_of
from bot.topics import shown
from newsroom.topics import TopicError, read_request
from newsroom.words import find_words, fold_words
from storage.errors import NotFound
from storage.feeds import retry_feed
from storage.models import FeedTopic, Schedule
from storage.subscriptions import (
    count_subscriptions,
    end_subscription,
    get_subscription,
    list_subscriptions,
    reschedule,
    restore_subscription,
    set_told,
)

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UNDO_WITHIN = timedelta(minutes=10)


async def subscriptions_command(update: Update, context: NutgrafContext) -> None:
    message, services = update.message, context.services
    if message is None:
        return
    every = await _list(services, message.chat.id)
    if every:
        reply(message, render_list(every, 0, services.now()))
    else:
        await answer_text(message, following_texts.SUBSCRIPTIONS_EMPTY)


async def unsubscribe_command(update: Update, context: NutgrafContext) -> None:
    """Stop what is named; where several are, or nothing is, ask which."""
    message, services = update.message, context.services
    if message is None:
        return
    every, typed = await _list(services, message.chat.id), " ".join(context.args or ())
    named = find_named(every, typed) if typed else every
    if not every:
        await answer_text(message, following_texts.SUBSCRIPTIONS_EMPTY)
    elif not await services.admins.may_command(message, now=services.now()):
        await answer_text(message, texts.ONLY_ADMINS)
    elif not named:
        await answer_text(message, following_texts.nothing_like(shown(typed)))
    elif typed and len(named) == 1:
        _change(
            partial(
                end_subscription, subscription_id=named[0].subscription.id, ended_at=services.now()
            )
        )
        reply(message, render_stopped(named[0]))
    else:
        # A page of those that are named has no next one: its button could not say the words.
        shown_first = named[:PAGE_SIZE] if typed else named
        reply(message, render_list(shown_first, 0, services.now(), stops=True))


def find_named(every: Sequence[Followed], typed: str) -> tuple[Followed, ...]:
    """What is called so, or is at this address; else all whose name holds all of the words."""
    words, address = fold_words(find_words(_name_in(typed))), address_of(typed)

    def is_meant(followed: Followed) -> bool:
        topic = followed.subscription.topic
        is_there = isinstance(topic, FeedTopic) and topic.url == address
        return is_there or fold_words(find_words(followed.name)) == words

    def holds(followed: Followed) -> bool:
        return bool(words) and set(words) <= set(fold_words(find_words(followed.name)))

    return tuple(filter(is_meant, every)) or tuple(filter(holds, every))


def _name_in(typed: str) -> str:
    """What was typed without "by:" and the like."""
    try:
        return read_request(typed).name
    except TopicError:
        return typed


async def panel_pressed(update: Update, context: NutgrafContext) -> None:
    """Change what the button says, and show in its message how it is now."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    press = read_press(query.data)
    if press is None or not isinstance(query.message, Message):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
    elif not await may_press(query):
        await answer_press(query, texts.ONLY_ADMINS)
    elif press.verb in (SHOW_LIST, SHOW_STOP_LIST):
        await answer_press(query)
        await _show_list(query, press, services)
    else:
        await _press_on_topic(query, press, services)


async def _show_list(query: CallbackQuery, press: Press, services: Services) -> None:
    every = await _list(services, _chat_of(query))
    if every:
        stops = press.verb == SHOW_STOP_LIST
        await _edit(query, render_list(every, press.number, services.now(), stops=stops))
    else:
        await _edit(query, {"text": following_texts.SUBSCRIPTIONS_EMPTY})


async def _press_on_topic(query: CallbackQuery, press: Press, services: Services) -> None:
    followed = await _find(services, _chat_of(query), press.id)
    work = _PRESSES.get(press.verb)
    is_open = followed is not None and (
        followed.subscription.ended_at is None or press.verb == RESTORE
    )
    if followed is None or work is None or not is_open:
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    refusal = await _refuse_undo(followed, services) if press.verb == RESTORE else None
    if refusal is not None:
        await answer_press(query, refusal)
        return
    changed = work(followed, services)
    await answer_press(query, changed.toast)
    if changed.write is not None:
        _change(changed.write)
    if changed.followed.subscription.ended_at is not None:
        await _edit(query, render_stopped(changed.followed))
    else:
        await _edit(query, render_panel(changed.followed, services.now()))


@dataclass(frozen=True, slots=True)
class _Changed:
    """How a topic is after a press, and what makes it so."""

    followed: Followed
    write: Write | None = None
    toast: str | None = None


def _show(followed: Followed, services: Services) -> _Changed:
    return _Changed(followed)


def _tell_daily(followed: Followed, services: Services) -> _Changed:
    zone = followed.subscription.schedule.zone
    return _reschedule(followed, replace(services.delivery.schedule, zone=zone), services)


def _tell_at_once(followed: Followed, services: Services) -> _Changed:
    return _reschedule(followed, at_once(followed.subscription.schedule), services)


def _reschedule(followed: Followed, schedule: Schedule, services: Services) -> _Changed:
    next_at = next_slot_at(schedule, services)
    write = partial(
        reschedule,
        subscription_ids=[followed.subscription.id],
        schedule=schedule,
        next_slot_at=next_at,
    )
    return _Changed(_with(followed, schedule=schedule, next_slot_at=next_at), write)


def _mute(followed: Followed, services: Services) -> _Changed:
    return _set_told(followed, told=False)


def _tell(followed: Followed, services: Services) -> _Changed:
    return _set_told(followed, told=True)


def _set_told(followed: Followed, *, told: bool) -> _Changed:
    write = partial(set_told, subscription_id=followed.subscription.id, told=told)
    return _Changed(_with(followed, told=told), write)


def _retry(followed: Followed, services: Services) -> _Changed:
    feed, now = followed.feed, services.now()
    if feed is None:
        return _Changed(followed)
    healed = replace(feed, state="active", failures=0, failure=None, failing_since=None)
    write = partial(retry_feed, feed_id=feed.id, now=now)
    return _Changed(replace(followed, feed=healed), write, following_texts.RETRYING)


def _stop(followed: Followed, services: Services) -> _Changed:
    now = services.now()
    write = partial(end_subscription, subscription_id=followed.subscription.id, ended_at=now)
    return _Changed(_with(followed, ended_at=now), write)


def _restore(followed: Followed, services: Services) -> _Changed:
    if followed.subscription.ended_at is None:
        return _Changed(followed)
    write = partial(restore_subscription, subscription_id=followed.subscription.id)
    return _Changed(_with(followed, ended_at=None), write)


_PRESSES: Mapping[str, Callable[[Followed, Services], _Changed]] = {
    SHOW: _show,
    DAILY: _tell_daily,
    AT_ONCE: _tell_at_once,
    MUTE: _mute,
    TELL: _tell,
    RETRY: _retry,
    STOP: _stop,
    RESTORE: _restore,
}


async def _refuse_undo(followed: Followed, services: Services) -> str | None:
    """Why what was stopped cannot be followed again by its button."""
    subscription = followed.subscription
    if subscription.ended_at is None:
        return None
    if services.now() - subscription.ended_at > UNDO_WITHIN:
        return following_texts.TOO_LATE_TO_UNDO
    async with services.database.read() as conn:
        count = await count_subscriptions(
            conn, bot_id=subscription.bot_id, chat_id=subscription.chat_id
        )
    limit = services.follow_rules.limit
    return following_texts.limit_reached(count, limit) if count >= limit else None


def _with(followed: Followed, **changes: Any) -> Followed:
    return replace(followed, subscription=replace(followed.subscription, **changes))


def _change(write: Write) -> None:
    current_outcome().add(write, rings="subscriptions")


def _chat_of(query: CallbackQuery) -> int:
    return query.message.chat.id if query.message else 0


async def _list(services: Services, chat_id: int) -> tuple[Followed, ...]:
    bot_id = current_outcome().bot_id
    async with services.database.read() as conn:
        found = await list_subscriptions(conn, bot_id=bot_id, chat_id=chat_id)
        return tuple([await with_feed(conn, subscription) for subscription in found])


async def _find(services: Services, chat_id: int, subscription_id: int) -> Followed | None:
    bot_id = current_outcome().bot_id
    async with services.database.read() as conn:
        try:
            subscription = await get_subscription(
                conn, subscription_id, bot_id=bot_id, chat_id=chat_id
            )
        except NotFound:
            return None
        return await with_feed(conn, subscription)


async def _edit(query: CallbackQuery, payload: Mapping[str, Any]) -> None:
    """Show something else in the message of the button; where it is there already, nothing."""
    try:
        await query.edit_message_text(**payload, link_preview_options=NO_PREVIEW)
    except BadRequest as exc:
        logger.info("message not edited error=%s", exc.message)
