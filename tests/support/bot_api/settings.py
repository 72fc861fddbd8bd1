"""Methods about the bot itself, its chats, files and presses."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from bot.local_checks import bad_request, check_toast
from support.bot_api.sending import Files, Handler, Parameters
from support.bot_api.state import BOT, ChatState, State

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?\Z")


def get_me(state: State, parameters: Parameters, files: Files) -> Any:
    return BOT | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "has_main_web_app": False,
    }


def set_webhook(state: State, parameters: Parameters, files: Files) -> Any:
    state.webhook_url = parameters["url"]
    return True


def delete_webhook(state: State, parameters: Parameters, files: Files) -> Any:
    state.webhook_url = ""
    if parameters.get("drop_pending_updates"):
        state.journal.violations.append("deleteWebhook drops what was sent while the bot was down")
    return True


def get_webhook_info(state: State, parameters: Parameters, files: Files) -> Any:
    return {
        "url": state.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": len(state.updates.waiting),
    }


def answer_callback_query(state: State, parameters: Parameters, files: Files) -> Any:
    query_id, text = parameters["callback_query_id"], parameters.get("text", "")
    check_toast(text)
    if state.open_queries.pop(query_id, 0.0) < time.monotonic():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    state.journal.toasts[query_id] = text
    return True


def get_file(state: State, parameters: Parameters, files: Files) -> Any:
    file_id = parameters["file_id"]
    upload = state.files.get(file_id)
    if upload is None:
        raise bad_request("invalid file_id")
    size = len(upload.content)
    if size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    path = f"documents/{file_id}"
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": path}


def set_my_commands(state: State, parameters: Parameters, files: Files) -> Any:
    commands = parameters["commands"]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if len(command["command"]) > 32:
            raise bad_request("command length must not exceed 32")
        if not _COMMAND.match(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(state, parameters)] = commands
    return True


def get_my_commands(state: State, parameters: Parameters, files: Files) -> Any:
    return state.commands.get(_scope(state, parameters), [])


def delete_my_commands(state: State, parameters: Parameters, files: Files) -> Any:
    state.commands.pop(_scope(state, parameters), None)
    return True


def get_chat(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return chat.to_dict() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }


def get_chat_member(state: State, parameters: Parameters, files: Files) -> Any:
    return _member(state, state.chat_for(parameters), parameters["user_id"])


def get_chat_administrators(state: State, parameters: Parameters, files: Files) -> Any:
    chat = state.chat_for(parameters)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    found = [user for user, status in chat.members.items() if status in _ADMIN]
    return [_member(state, chat, user_id) for user_id in found]


def get_chat_member_count(state: State, parameters: Parameters, files: Files) -> Any:
    return len(state.chat_for(parameters).members) + 1


SETTINGS_METHODS: Mapping[str, Handler] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
}

_ADMIN = ("creator", "administrator")
_RIGHTS = (
    *("can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories"),
)


def _member(state: State, chat: ChatState, user_id: int) -> dict[str, Any]:
    status = chat.members.get(user_id, "left")
    member: dict[str, Any] = {"user": state.person(user_id), "status": status}
    if status in _ADMIN:
        member["is_anonymous"] = False
    if status == "administrator":
        member |= dict.fromkeys(_RIGHTS, True)
    return member


def _scope(state: State, parameters: Parameters) -> tuple[str, str]:
    scope = parameters.get("scope") or {"type": "default"}
    language = parameters.get("language_code", "")
    if not _LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    if "chat_id" in scope:
        state.chat_for(scope)
    return json.dumps(scope, sort_keys=True), language
