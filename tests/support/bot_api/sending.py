"""Methods that put messages into chats or change them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.local_checks import (
    MAX_ENTITIES,
    Button,
    bad_request,
    check_caption,
    check_keyboard,
    check_text,
    count_entities,
)
from bot.local_markup import Entity
from support.bot_api.http import Upload
from support.bot_api.journal import Sent
from support.bot_api.state import BOT, ChatState, State, without_reply

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
ACTIONS = (
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note"),
    "upload_video_note",
)

Parameters = Mapping[str, Any]
Files = Mapping[str, Upload]
Handler = Callable[[State, Parameters, Files], Any]


def send_message(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    text, entities = check_text(parameters)
    _note_lost_entities(state, parameters, "text")
    content = {"text": text} | ({"entities": _dicts(entities)} if entities else {})
    return _send(state, chat, "sendMessage", parameters, content, (text, entities))


def send_document(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    upload, described = _file(state, parameters["document"], files)
    described |= {"file_name": upload.name, "mime_type": "application/octet-stream"}
    content = {"document": described}
    return _send_captioned(state, chat, "sendDocument", parameters, content, upload)


def send_photo(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    upload, described = _file(state, parameters["photo"], files)
    content = {"photo": [described | {"width": 1, "height": 1}]}
    return _send_captioned(state, chat, "sendPhoto", parameters, content, upload)


def send_venue(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    location = _location(parameters)
    title, address = parameters["title"], parameters["address"]
    content = {
        "venue": {"location": location, "title": title, "address": address},
        "location": location,
    }
    return _send(state, chat, "sendVenue", parameters, content, (f"{title}\n{address}", ()))


def send_location(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    content = {"location": _location(parameters)}
    return _send(state, chat, "sendLocation", parameters, content, ("", ()))


def send_chat_action(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    if parameters["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    _check_thread(chat, parameters)
    return True


def edit_message_text(state: State, parameters: Parameters, files: Files) -> Any:
    text, entities = check_text(parameters)
    _note_lost_entities(state, parameters, "text")
    message = _own_message(state, parameters)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    changed = {"text": text, "entities": _dicts(entities)}
    return _edit(state, message, parameters, changed, (text, entities))


def edit_message_caption(state: State, parameters: Parameters, files: Files) -> Any:
    text, entities = check_caption(parameters)
    message = _own_message(state, parameters)
    changed = {"caption": text, "caption_entities": _dicts(entities)}
    return _edit(state, message, parameters, changed, (text, entities))


def edit_message_reply_markup(state: State, parameters: Parameters, files: Files) -> Any:
    message = _own_message(state, parameters)
    return _edit(state, message, parameters, {}, None)


def delete_message(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    key = (chat.id, parameters["message_id"])
    if state.messages.pop(key, None) is None:
        raise bad_request("message to delete not found")
    state.journal.deleted.append(key)
    return True


def delete_messages(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    for message_id in parameters["message_ids"]:
        if state.messages.pop((chat.id, message_id), None) is not None:
            state.journal.deleted.append((chat.id, message_id))
    return True


def set_message_reaction(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    if (chat.id, parameters["message_id"]) not in state.messages:
        raise bad_request("message to react not found")
    return True


SENDING_METHODS: Mapping[str, Handler] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "sendVenue": send_venue,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
}


def _send_captioned(
    state: State,
    chat: ChatState,
    method: str,
    parameters: Parameters,
    content: dict[str, Any],
    upload: Upload,
) -> dict[str, Any]:
    caption, entities = check_caption(parameters)
    _note_lost_entities(state, parameters, "caption")
    if caption:
        content |= {"caption": caption, "caption_entities": _dicts(entities)}
    shown = (caption, entities)
    return _send(state, chat, method, parameters, content, shown, upload=upload)


def _send(
    state: State,
    chat: ChatState,
    method: str,
    parameters: Parameters,
    content: Mapping[str, Any],
    shown: tuple[str, tuple[Entity, ...]],
    *,
    upload: Upload | None = None,
) -> dict[str, Any]:
    """Check what all messages have in common, then keep the message and note it."""
    keyboard = check_keyboard(parameters.get("reply_markup"))
    thread_id = _check_thread(chat, parameters)
    replied = _replied(state, chat, parameters.get("reply_parameters"))
    fields: dict[str, Any] = {"from": BOT, **content}
    if replied is not None:
        fields["reply_to_message"] = without_reply(replied)
    if keyboard:
        fields["reply_markup"] = parameters["reply_markup"]
    if thread_id is not None:
        fields |= {"message_thread_id": thread_id, "is_topic_message": True}
    message = state.keep_message(chat, fields)
    preview = parameters.get("link_preview_options") or {}
    state.journal.sent.append(
        Sent(
            chat_id=chat.id,
            message_id=message["message_id"],
            method=method,
            text=shown[0],
            entities=shown[1],
            keyboard=keyboard,
            reply_to=replied["message_id"] if replied else None,
            thread_id=thread_id,
            is_html=bool(parameters.get("parse_mode")),
            is_silent=bool(parameters.get("disable_notification")),
            has_preview=not preview.get("is_disabled", False),
            sent_at=time.monotonic(),
            file=upload.content if upload else b"",
            file_name=upload.name if upload else "",
        )
    )
    return message


def _edit(
    state: State,
    message: dict[str, Any],
    parameters: Parameters,
    changed: Mapping[str, Any],
    shown: tuple[str, tuple[Entity, ...]] | None,
) -> dict[str, Any]:
    keyboard = check_keyboard(parameters.get("reply_markup"))
    edited = {key: value for key, value in message.items() if key != "reply_markup"}
    edited |= {key: value for key, value in changed.items() if value or key in message}
    if keyboard:
        edited["reply_markup"] = parameters["reply_markup"]
    if edited == message:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    edited["edit_date"] = int(time.time())
    key = (edited["chat"]["id"], edited["message_id"])
    state.messages[key] = edited
    _note_edit(state, key, keyboard, shown)
    return edited


def _note_edit(
    state: State,
    key: tuple[int, int],
    keyboard: tuple[tuple[Button, ...], ...],
    shown: tuple[str, tuple[Entity, ...]] | None,
) -> None:
    for index, sent in enumerate(state.journal.sent):
        if (sent.chat_id, sent.message_id) == key:
            text, entities = shown or (sent.text, sent.entities)
            state.journal.sent[index] = replace(
                sent, text=text, entities=entities, keyboard=keyboard, edits=sent.edits + 1
            )


def _own_message(state: State, parameters: Parameters) -> dict[str, Any]:
    if "message_id" not in parameters:
        raise bad_request("message identifier is not specified")
    chat = state.chat_for(parameters)
    message = state.messages.get((chat.id, parameters["message_id"]))
    if message is None:
        raise bad_request("message to edit not found")
    if message.get("from", {}).get("id") != BOT["id"]:
        raise bad_request("message can't be edited")
    return message


def _check_thread(chat: ChatState, parameters: Parameters) -> int | None:
    thread_id = parameters.get("message_thread_id")
    if thread_id is None:
        return None
    if thread_id not in chat.topics:
        raise bad_request("message thread not found")
    if thread_id in chat.closed_topics:
        raise bad_request("TOPIC_CLOSED")
    return int(thread_id)


def _replied(state: State, chat: ChatState, reply: Parameters | None) -> dict[str, Any] | None:
    if not reply:
        return None
    message = state.messages.get((reply.get("chat_id", chat.id), reply["message_id"]))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def _file(state: State, given: str, files: Files) -> tuple[Upload, dict[str, Any]]:
    if given.startswith("attach://"):
        upload = files.get(given.removeprefix("attach://"))
        if upload is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if len(upload.content) > MAX_UPLOAD_BYTES:
            raise bad_request("file is too big")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return upload, state.add_file(upload.name, upload.content)
    upload = state.files.get(given)
    if upload is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return upload, {
        "file_id": given,
        "file_unique_id": given,
        "file_size": len(upload.content),
    }


def _location(parameters: Parameters) -> dict[str, float]:
    latitude, longitude = parameters["latitude"], parameters["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("latitude or longitude is out of range")
    return {"latitude": latitude, "longitude": longitude}


def _note_lost_entities(state: State, parameters: Parameters, name: str) -> None:
    found = count_entities(parameters, name)
    if found > MAX_ENTITIES:
        state.journal.violations.append(f"{found} entities: the last ones are not shown")


def _dicts(entities: tuple[Entity, ...]) -> list[dict[str, object]]:
    return [entity.to_dict() for entity in entities]
