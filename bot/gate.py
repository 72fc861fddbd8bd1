"""The gate before all handlers: lets updates through, or says why not."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from telegram import Chat, Message, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, BaseHandler, TypeHandler

from bot import texts
from bot.access import is_code, is_listed
from bot.answers import answer_press, answer_text
from bot.context import NutgrafContext, Services
from bot.outcome import current_outcome
from storage.access import admit_chat, count_wrong_codes, is_admitted, record_wrong_code

logger = logging.getLogger(__name__)

GATE = -1
"""The group of handlers before that of all others."""
MAX_WRONG_CODES = 5
"""In an hour and a chat; after that even the right one is not looked at."""
TRIES_COUNT_FOR = timedelta(hours=1)
ALWAYS_ANSWERED = ("/privacy", "/export", "/delete_me")
"""Whoever was let in once may always see and erase what is kept."""


def gate(
    handlers: Sequence[BaseHandler[Update, NutgrafContext, Any]],
) -> TypeHandler[Update, NutgrafContext, Any]:
    """A handler for `GATE` that stops what a chat may not ask of these handlers."""

    async def admit(update: Update, context: NutgrafContext) -> None:
        if not any(_takes(handler, update) for handler in handlers):
            return
        try:
            admitted = await _is_admitted(update, context.services)
            if not admitted:
                await _refuse(update)
        except Exception as exc:
            # Otherwise the handlers after this one would get the update all the same.
            await context.application.process_error(update, exc)
            raise ApplicationHandlerStop from exc
        if not admitted:
            raise ApplicationHandlerStop

    return TypeHandler(Update, admit)


def _takes(handler: BaseHandler[Update, NutgrafContext, Any], update: Update) -> bool:
    return handler.check_update(update) not in (None, False)


async def _is_admitted(update: Update, services: Services) -> bool:
    chat, user = update.effective_chat, update.effective_user
    access = services.access
    if chat is None or is_listed(
        access,
        chat_id=chat.id,
        is_private=chat.type == ChatType.PRIVATE,
        user_id=user.id if user else None,
    ):
        return True
    command, argument = _command(update.message)
    if command in ALWAYS_ANSWERED or _is_erasing(update):
        return True
    return access.mode == "invite" and await _came_by_code(
        chat, argument if command == "/start" else "", services
    )


async def _came_by_code(chat: Chat, offered: str, services: Services) -> bool:
    """Whether the chat was let in by a code, now or earlier."""
    now = services.now()
    since = now - TRIES_COUNT_FOR
    async with services.database.read() as conn:
        if await is_admitted(conn, chat_id=chat.id):
            return True
        tried = await count_wrong_codes(conn, chat_id=chat.id, since=since)
    if not offered or tried >= MAX_WRONG_CODES:
        return False
    if is_code(offered, services.access.invite_codes):
        current_outcome().add(partial(admit_chat, chat_id=chat.id, admitted_at=now))
        logger.info("admitted chat=%d", chat.id)
        return True
    current_outcome().add(
        partial(record_wrong_code, chat_id=chat.id, tried_at=now, forget_before=since)
    )
    return False


def _command(message: Message | None) -> tuple[str, str]:
    """The command of a message without the name of the bot, and what follows it."""
    if message is None or not (message.text or "").startswith("/"):
        return "", ""
    command, *rest = (message.text or "").split(maxsplit=1)
    return command.partition("@")[0].lower(), rest[0].strip() if rest else ""


def _is_erasing(update: Update) -> bool:
    query = update.callback_query
    return query is not None and (query.data or "").startswith("1:dm:")


async def _refuse(update: Update) -> None:
    chat, user = update.effective_chat, update.effective_user
    if chat is None:
        return
    logger.info("not admitted chat=%d", chat.id)
    is_private = chat.type == ChatType.PRIVATE
    said = texts.not_admitted(user.id if user and is_private else chat.id, is_private=is_private)
    if update.callback_query is not None:
        await answer_press(update.callback_query, said)
    elif update.message is not None:
        await answer_text(update.message, said)
