"""Answers: one message that replies to the one it answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import (
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.plain import html_to_plain

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
TYPING_SECONDS = 4.5
"""Clients show the typing action for five seconds."""


def thread_of(message: Message) -> int | None:
    """The forum topic in which a message was written; the general one has no id of its own."""
    return message.message_thread_id if message.is_topic_message else None


async def answer_html(message: Message, html: str) -> Message:
    """Reply with `html`; where Telegram cannot parse it, with the same words as plain text."""
    try:
        return await _send(message, html, ParseMode.HTML)
    except BadRequest as exc:
        if "can't parse entities" not in exc.message.lower():
            raise
        logger.error("markup refused, sent as plain text chat=%d", message.chat.id)
        return await _send(message, html_to_plain(html))


async def answer_text(
    message: Message, text: str, *, keyboard: InlineKeyboardMarkup | None = None
) -> Message:
    """Reply with words that are no markup."""
    return await _send(message, text, keyboard=keyboard)


async def answer_press(query: CallbackQuery, toast: str | None = None) -> None:
    """End the waiting of a pressed button; for one pressed too long ago there is nothing to end."""
    try:
        await query.answer(toast)
    except BadRequest as exc:
        logger.info("press not answered error=%s", exc.message)


async def _send(
    message: Message,
    text: str,
    mode: str | None = None,
    *,
    keyboard: InlineKeyboardMarkup | None = None,
) -> Message:
    return await message.get_bot().send_message(
        message.chat.id,
        text,
        parse_mode=mode,
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread_of(message),
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        reply_markup=keyboard,
    )


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show in the chat that an answer is being made, as long as the block lasts."""
    showing = asyncio.create_task(_keep_typing(message))
    try:
        yield
    finally:
        showing.cancel()


async def _keep_typing(message: Message) -> None:
    try:
        while True:
            await message.get_bot().send_chat_action(
                message.chat.id, ChatAction.TYPING, message_thread_id=thread_of(message)
            )
            await asyncio.sleep(TYPING_SECONDS)
    except TelegramError as exc:
        logger.info("typing not shown chat=%d error=%s", message.chat.id, type(exc).__name__)
