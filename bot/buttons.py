"""The data of buttons under a digest: `1:<verb>:<digest id in base 36>[:<number>]`.

It is all that a button needs, so buttons work after a restart, and for as long as their digest is
kept. The first figure is the version of the format.
"""

import re
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts
from bot.maps.worker import mappable
from bot.markup import clean_text, cut_text
from summarizer.models import Digest

SHOW_MAP, SHOW_PIN = "mp", "pin"
MAX_PINS = 8
PINS_PER_ROW = 2
PIN_UNITS = 40

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DATA = re.compile(r"1:([a-z]{2,3}):([0-9a-z]{1,12})(?::([0-9]{1,3}))?\Z")
MAP_PRESSED = rf"1:{SHOW_MAP}:"
PIN_PRESSED = rf"1:{SHOW_PIN}:"


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: what to do with which digest, and with which part of it."""

    verb: str
    digest_id: int
    number: int = 0


def button_data(press: Press) -> str:
    """At most 64 bytes, as Telegram wants it."""
    data = f"1:{press.verb}:{_base36(press.digest_id)}"
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
    if not mappable(digest.locations):
        return None
    data = button_data(Press(SHOW_MAP, digest_id))
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.SHOW_MAP, callback_data=data)]])


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
