"""What the Bot API server checks before it sends a message, and its words when it refuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bot.local_markup import Entity, MarkupRefused, is_web_link, parse_markup
from bot.markup import utf16_units

MAX_TEXT_UNITS = 4_096
MAX_CAPTION_UNITS = 1_024
MAX_RAW_BYTES = 32_768
MAX_BUTTONS = 100
MAX_KEYBOARD_BYTES = 10_000
MAX_BUTTON_DATA_BYTES = 64
MAX_TOAST_UNITS = 200
MAX_ENTITIES = 100
MAX_UPLOAD_BYTES = 50 * 1024 * 1024


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
    """The visible text of a message and its entities; raises RequestRefused."""
    text, entities = _read_text(parameters, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if not text.strip():
        raise bad_request("text must be non-empty")
    if utf16_units(text) > MAX_TEXT_UNITS:
        raise bad_request("message is too long")
    return text, entities[:MAX_ENTITIES]


def check_caption(parameters: Mapping[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """The same for the caption of a picture or a file, which may be empty."""
    text, entities = _read_text(parameters, "caption", "caption_entities")
    if utf16_units(text) > MAX_CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return text, entities[:MAX_ENTITIES]


def check_file(file: tuple[str, bytes] | None) -> tuple[str, bytes]:
    """Name and content of a file that is sent; raises RequestRefused."""
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not file[1]:
        raise bad_request("file must be non-empty")
    if len(file[1]) > MAX_UPLOAD_BYTES:
        raise RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
    return file


def check_venue(parameters: Mapping[str, Any]) -> tuple[float, float, str, str]:
    """Latitude, longitude, title and address of a pin; raises RequestRefused."""
    latitude, longitude = float(parameters["latitude"]), float(parameters["longitude"])
    title, address = (str(parameters.get(name, "")).strip() for name in ("title", "address"))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("latitude or longitude is out of range")
    if not (title and address):
        raise bad_request("venue title and address must be non-empty")
    return latitude, longitude, title, address


def count_entities(parameters: Mapping[str, Any], name: str) -> int:
    """How many entities the text or caption asks for, those too many included."""
    return len(
        _read_text(parameters, name, "entities" if name == "text" else f"{name}_entities")[1]
    )


def _read_text(
    parameters: Mapping[str, Any], name: str, entities_name: str
) -> tuple[str, tuple[Entity, ...]]:
    text, mode = str(parameters.get(name, "")), parameters.get("parse_mode")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        raise bad_request("strings must be encoded in UTF-8") from exc
    if size > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    if not mode:
        return text, tuple(map(_read_entity, parameters.get(entities_name) or ()))
    if str(mode).upper() != "HTML":
        raise bad_request("unsupported parse_mode")
    try:
        return parse_markup(text)
    except MarkupRefused as exc:
        raise bad_request(f"can't parse entities: {exc}") from exc


def _read_entity(fields: Mapping[str, Any]) -> Entity:
    value = fields.get("url") or fields.get("custom_emoji_id") or fields.get("unix_time") or ""
    return Entity(fields["type"], fields["offset"], fields["length"], str(value))


def check_keyboard(markup: Any) -> tuple[tuple[Button, ...], ...]:
    """The rows of an inline keyboard; raises RequestRefused."""
    rows = (markup or {}).get("inline_keyboard", [])
    keyboard = tuple(tuple(_check_button(button) for button in row) for row in rows)
    too_big = len(json.dumps(rows, ensure_ascii=False).encode()) > MAX_KEYBOARD_BYTES
    if too_big or sum(len(row) for row in keyboard) > MAX_BUTTONS:
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
    if button.url and not is_web_link(button.url):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    return button
