"""What the Bot API server checks before it sends a message, and its words when it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bot.local_markup import Entity, MarkupRefused, parse_markup
from bot.markup import utf16_units

MAX_TEXT_UNITS = 4_096
MAX_RAW_BYTES = 32_768
MAX_BUTTONS = 100
MAX_BUTTON_DATA_BYTES = 64
MAX_TOAST_UNITS = 200
MAX_ENTITIES = 100


class RequestRefused(Exception):
    """An answer other than ok, as the server gives it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(description: str) -> RequestRefused:
    return RequestRefused(HTTPStatus.BAD_REQUEST, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it sends `data` back, or opens `url`."""

    text: str
    data: str | None = None
    url: str | None = None


def check_text(parameters: Mapping[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """The visible text and its entities; raises RequestRefused."""
    text, mode = str(parameters.get("text", "")), parameters.get("parse_mode")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        raise bad_request("strings must be encoded in UTF-8") from exc
    if size > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    entities: tuple[Entity, ...] = ()
    if mode is not None and str(mode).upper() != "HTML":
        raise bad_request("unsupported parse_mode")
    if mode is not None:
        try:
            text, entities = parse_markup(text)
        except MarkupRefused as exc:
            raise bad_request(f"can't parse entities: {exc}") from exc
    if not text:
        raise bad_request("message text is empty")
    if not text.strip():
        raise bad_request("text must be non-empty")
    if utf16_units(text) > MAX_TEXT_UNITS:
        raise bad_request("message is too long")
    return text, entities[:MAX_ENTITIES]


def check_keyboard(markup: Any) -> tuple[tuple[Button, ...], ...]:
    """The rows of an inline keyboard; raises RequestRefused."""
    rows = (markup or {}).get("inline_keyboard", [])
    keyboard = tuple(tuple(_check_button(button) for button in row) for row in rows)
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def check_toast(text: str) -> None:
    if utf16_units(text) > MAX_TOAST_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")


def _check_button(fields: Mapping[str, Any]) -> Button:
    button = Button(fields.get("text", ""), fields.get("callback_data"), fields.get("url"))
    if not button.text:
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if not button.data and not button.url:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if button.data and len(button.data.encode()) > MAX_BUTTON_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return button
