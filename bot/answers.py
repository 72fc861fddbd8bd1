"""Answers: one message that replies to the one it answers, queued with the rest of the outcome."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, CallbackQuery, InlineKeyboardMarkup, Message
from telegram.constants import ChatAction, ParseMode
from telegram.error import TelegramError

from bot.outcome import current_outcome
from storage.deliveries import Delivery

logger = logging.getLogger(__name__)

SEND_MESSAGE = "sendMessage"
SEND_PHOTO = "sendPhoto"
"""Its payload names the digest whose map is sent (`map_of`), so no picture is stored twice."""
SEND_VENUE = "sendVenue"
SEND_DOCUMENT = "sendDocument"
"""Its payload says which part of what is kept of the chat it holds (see `bot.export`)."""
ACTION_SECONDS = 4.5
"""Clients show "typing" and the like for five seconds."""


def thread_of(message: Message) -> int | None:
    """The forum topic in which a message was written; the general one has no id of its own."""
    return message.message_thread_id if message.is_topic_message else None


async def answer_html(message: Message, html: str) -> None:
    """Reply with `html`; where Telegram cannot parse it, the same words are sent as plain text."""
    reply(message, html_payload(html))


async def answer_text(
    message: Message, text: str, *, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Reply with words that are no markup."""
    reply(message, text_payload(text, keyboard=keyboard))


def reply(message: Message, payload: dict[str, Any], *, method: str = SEND_MESSAGE) -> None:
    current_outcome().send(
        Delivery(
            chat_id=message.chat.id,
            method=method,
            payload=payload,
            thread_id=thread_of(message),
            reply_to=message.message_id,
        )
    )


def html_payload(html: str, *, preview: str | None = None) -> dict[str, Any]:
    """A message of HTML, and perhaps the address of which a small picture may stand above it."""
    payload = {"text": html, "parse_mode": ParseMode.HTML.value}
    return payload | ({"preview": preview} if preview else {})


def text_payload(text: str, *, keyboard: InlineKeyboardMarkup | None = None) -> dict[str, Any]:
    return with_keyboard({"text": text}, keyboard)


def silently(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of the same message, which comes without a sound."""
    return {**payload, "silent": True}


def with_keyboard(
    payload: Mapping[str, Any], keyboard: InlineKeyboardMarkup | None
) -> dict[str, Any]:
    """The payload of the same message with buttons under it, if there are any."""
    return {**payload, "reply_markup": keyboard.to_dict()} if keyboard else dict(payload)


async def answer_press(query: CallbackQuery, toast: str | None = None) -> None:
    """End the waiting of a pressed button at once; one pressed too long ago waits no more."""
    try:
        await query.answer(toast)
    except TelegramError as exc:
        logger.info("press not answered error=%s", type(exc).__name__)


@asynccontextmanager
async def showing(
    bot: Bot, chat_id: int, thread_id: int | None, action: ChatAction = ChatAction.TYPING
) -> AsyncIterator[None]:
    """Show in the chat that an answer is being made, as long as the block lasts."""
    task = asyncio.create_task(_keep_showing(bot, chat_id, thread_id, action))
    try:
        yield
    finally:
        task.cancel()


async def _keep_showing(bot: Bot, chat_id: int, thread_id: int | None, action: ChatAction) -> None:
    try:
        while True:
            await bot.send_chat_action(chat_id, action, message_thread_id=thread_id)
            await asyncio.sleep(ACTION_SECONDS)
    except TelegramError as exc:
        logger.info("action not shown chat=%d error=%s", chat_id, type(exc).__name__)
