"""The bot: one list of handlers, in the order in which they are tried."""

from typing import Any, cast

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.articles import digest_command, receive_article, receive_other
from bot.buttons import MAP_PRESSED, MORE_PRESSED, PIN_PRESSED, STORY_PRESSED, SUGGEST_PRESSED
from bot.commands import (
    TRY_EXAMPLE,
    answer_old_button,
    help_command,
    start_command,
    try_example,
    unknown_command,
)
from bot.context import NutgrafContext, Services
from bot.edition_answers import more_pressed, story_pressed
from bot.exporting import export_command
from bot.failures import report_failure
from bot.gate import GATE, gate
from bot.history import history_command
from bot.inbox import InOrderPerChat
from bot.map_answers import map_pressed, pin_pressed
from bot.owner import backup_command, errors_command, version_command
from bot.panels import PANEL_PRESSED, STARTER_PRESSED
from bot.privacy import (
    DELETE_ME,
    cancel_command,
    delete_me_command,
    delete_me_pressed,
    privacy_command,
)
from bot.retries import TRY_AGAIN, try_again_pressed
from bot.search import search_command
from bot.starters import starter_pressed
from bot.subscribe import OFFER_PRESSED, offer_pressed, subscribe_command
from bot.subscriptions import panel_pressed, subscriptions_command, unsubscribe_command
from bot.suggestions import suggest_pressed
from bot.times import (
    ZONE_PRESSED,
    location_received,
    pause_command,
    resume_command,
    time_command,
    zone_pressed,
)
from bot.today import today_command

NutgrafApplication = Application[
    ExtBot[None], NutgrafContext, dict[Any, Any], dict[Any, Any], Services, None
]

MAX_WAITING_UPDATES = 10_000
"""Those of a chat wait for each other, so one busy chat must not use up what all may have."""
ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)

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
        CommandHandler("search", search_command, NEW),
        CommandHandler(("subscribe", "follow"), subscribe_command, NEW),
        CommandHandler(("subscriptions", "following"), subscriptions_command, NEW),
        CommandHandler(("unsubscribe", "unfollow"), unsubscribe_command, NEW),
        CommandHandler("today", today_command, NEW),
        CommandHandler("time", time_command, NEW),
        CommandHandler("pause", pause_command, NEW),
        CommandHandler("resume", resume_command, NEW),
        CommandHandler("cancel", cancel_command, NEW),
        CommandHandler("privacy", privacy_command, NEW),
        CommandHandler("export", export_command, NEW),
        CommandHandler("delete_me", delete_me_command, NEW),
        CommandHandler("errors", errors_command, PRIVATE),
        CommandHandler("backup", backup_command, PRIVATE),
        CommandHandler("version", version_command, PRIVATE),
        CallbackQueryHandler(try_example, TRY_EXAMPLE),
        CallbackQueryHandler(delete_me_pressed, DELETE_ME),
        CallbackQueryHandler(map_pressed, MAP_PRESSED),
        CallbackQueryHandler(pin_pressed, PIN_PRESSED),
        CallbackQueryHandler(suggest_pressed, SUGGEST_PRESSED),
        CallbackQueryHandler(offer_pressed, OFFER_PRESSED),
        CallbackQueryHandler(panel_pressed, PANEL_PRESSED),
        CallbackQueryHandler(starter_pressed, STARTER_PRESSED),
        CallbackQueryHandler(story_pressed, STORY_PRESSED),
        CallbackQueryHandler(more_pressed, MORE_PRESSED),
        CallbackQueryHandler(zone_pressed, ZONE_PRESSED),
        CallbackQueryHandler(try_again_pressed, TRY_AGAIN),
        CallbackQueryHandler(answer_old_button),
        MessageHandler(PRIVATE & filters.COMMAND, unknown_command),
        MessageHandler(PRIVATE & filters.LOCATION, location_received),
        MessageHandler(PRIVATE & ARTICLE, receive_article),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, receive_other),
    )


def build_application(
    builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any],
    services: Services,
    processor: InOrderPerChat,
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
        .concurrent_updates(processor)
        .job_queue(None)
        .build()
    )
    ours = handlers()
    application.add_handler(gate(ours), GATE)
    application.add_handlers(ours)
    application.add_error_handler(report_failure)
    return application
