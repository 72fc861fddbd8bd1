"""The bot: one list of handlers, in the order in which they are tried."""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    BaseUpdateProcessor,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.articles import digest_command, receive_article, receive_other
from bot.commands import (
    TRY_EXAMPLE,
    answer_old_button,
    help_command,
    start_command,
    try_example,
    unknown_command,
)
from bot.context import NutgrafContext, Services
from bot.failures import report_failure
from bot.history import history_command

NutgrafApplication = Application[
    ExtBot[None], NutgrafContext, dict[Any, Any], dict[Any, Any], Services, None
]

MAX_WAITING_UPDATES = 10_000
"""Those of a chat wait for each other, so one busy chat must not use up what all may have."""
ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY)

NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE
ARTICLE = filters.TEXT | filters.CAPTION | filters.Document.ALL & ~filters.ANIMATION


def handlers() -> tuple[BaseHandler[Update, NutgrafContext, Any], ...]:
    """All handlers; the first that fits an update gets it. In groups only commands fit."""
    return (
        CommandHandler("start", start_command, NEW),
        CommandHandler("help", help_command, NEW),
        CommandHandler("digest", digest_command, NEW),
        CommandHandler("history", history_command, NEW),
        CallbackQueryHandler(try_example, TRY_EXAMPLE),
        CallbackQueryHandler(answer_old_button),
        MessageHandler(PRIVATE & filters.COMMAND, unknown_command),
        MessageHandler(PRIVATE & ARTICLE, receive_article),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, receive_other),
    )


def build_application(
    builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any], services: Services
) -> NutgrafApplication:
    """The application over the bot that `builder` describes (token, transport)."""
    application: NutgrafApplication = (
        builder.context_types(
            ContextTypes(
                context=NutgrafContext,
                # It is only ever called, to make the one object that all contexts share.
                bot_data=cast(type[Services], lambda: services),
            )
        )
        .concurrent_updates(InOrderPerChat(MAX_WAITING_UPDATES))
        .job_queue(None)
        .build()
    )
    application.add_handlers(handlers())
    application.add_error_handler(report_failure)
    return application


class InOrderPerChat(BaseUpdateProcessor):
    """Messages of one chat wait for each other; chats, and presses of buttons, do not."""

    def __init__(self, max_concurrent_updates: int) -> None:
        super().__init__(max_concurrent_updates)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None or not isinstance(update, Update) or update.callback_query:
            await coroutine
            return
        turn = self._turns.setdefault(chat.id, asyncio.Lock())
        async with turn:
            await coroutine
