"""The data of buttons: `1:<verb>:<id in base 36>[:<number>]`.

It is all that a button needs, so buttons work after a restart, and for as long as what they
stand for is kept. The first figure is the version of the format.
"""

import re
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts, texts_following
from bot.maps.worker import mappable
from bot.markup import clean_text, cut_text
from bot.topics import suggest_topics
from summarizer.models import Digest

SHOW_MAP, SHOW_PIN, SUGGEST = "mp", "pin", "sg"
SHOW_STORY, SHOW_MORE = "st", "mo"
MAX_PINS = 8
PINS_PER_ROW = 2
PIN_UNITS = 40

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DATA = re.compile(r"1:([a-z]{2,3}):([0-9a-z]{1,12})(?::([0-9]{1,3}))?\Z")
MAP_PRESSED = rf"1:{SHOW_MAP}:"
PIN_PRESSED = rf"1:{SHOW_PIN}:"
SUGGEST_PRESSED = rf"1:{SUGGEST}:"
STORY_PRESSED = rf"1:{SHOW_STORY}:"
MORE_PRESSED = rf"1:{SHOW_MORE}:"
STORIES_PER_ROW = 7


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: what to do with what, and with which part of it."""

    verb: str
    id: int
    number: int = 0


def button_data(press: Press) -> str:
    """At most 64 bytes, as Telegram wants it."""
    data = f"1:{press.verb}:{_base36(press.id)}"
    return f"{data}:{press.number}" if press.number else data


def read_press(data: str | None) -> Press | None:
    """The press that the data stands for; None where it is none of ours."""
    match = _DATA.match(data or "")
    if match is None:
        return None
    verb, digest, number = match.groups()
    return Press(verb, int(digest, 36), int(number or 0))


def digest_keyboard(digest: Digest, digest_id: int) -> InlineKeyboardMarkup | None:
    """The buttons under a digest; None where there is nothing to press for."""
    labels = {
        SHOW_MAP: texts.SHOW_MAP if mappable(digest.locations) else "",
        SUGGEST: texts.FOLLOW if suggest_topics(digest) else "",
    }
    buttons = [
        InlineKeyboardButton(label, callback_data=button_data(Press(verb, digest_id)))
        for verb, label in labels.items()
        if label
    ]
    return InlineKeyboardMarkup([buttons]) if buttons else None


def edition_keyboard(
    edition_id: int, *, before: int, shown: int, more: int
) -> InlineKeyboardMarkup:
    """A button for the digest of each story that is shown, and one for those after them."""

    def button(text: str, verb: str, number: int) -> InlineKeyboardButton:
        data = button_data(Press(verb, edition_id, number))
        return InlineKeyboardButton(text, callback_data=data)

    numbers = range(before + 1, before + shown + 1)
    buttons = [button(str(number), SHOW_STORY, number) for number in numbers]
    rows = [buttons[at : at + STORIES_PER_ROW] for at in range(0, len(buttons), STORIES_PER_ROW)]
    if more:
        rows.append([button(texts_following.more_stories(more), SHOW_MORE, before + shown)])
    return InlineKeyboardMarkup(rows)


def pins_keyboard(digest: Digest, digest_id: int) -> InlineKeyboardMarkup:
    """A button for each of the first places: it sends a pin. Places are counted from 1."""
    shown = mappable(digest.locations)[:MAX_PINS]
    buttons = [
        InlineKeyboardButton(
            cut_text(clean_text(place.name), PIN_UNITS) or texts.UNNAMED_PLACE,
            callback_data=button_data(Press(SHOW_PIN, digest_id, number)),
        )
        for number, place in enumerate(shown, start=1)
    ]
    return InlineKeyboardMarkup(
        [buttons[at : at + PINS_PER_ROW] for at in range(0, len(buttons), PINS_PER_ROW)]
    )


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
