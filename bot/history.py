"""/history: the latest digests of a chat."""

from datetime import datetime

from telegram import Update

from bot import texts
from bot.answers import answer_html, answer_text
from bot.context import NutgrafContext
from bot.markup import Fragment, bold, clean_text, cut_text, joined, plain
from storage.history import HistoryItem, list_history

SHOWN_ITEMS = 10
HEADLINE_UNITS = 150


async def history_command(update: Update, context: NutgrafContext) -> None:
    message = update.message
    if message is None:
        return
    async with context.services.database.read() as conn:
        items = await list_history(conn, chat_id=message.chat.id, limit=SHOWN_ITEMS)
    if items:
        await answer_html(message, render_history(items))
    else:
        await answer_text(message, texts.HISTORY_EMPTY)


def render_history(items: tuple[HistoryItem, ...]) -> str:
    """The list as a message; clients show its times in the reader's own zone."""
    rows = (_row(item) for item in items)
    return joined((bold(texts.HISTORY_TITLE), *rows), "\n\n").html


def _row(item: HistoryItem) -> Fragment:
    headline = cut_text(clean_text(item.headline), HEADLINE_UNITS)
    source = cut_text(clean_text(item.source or ""), HEADLINE_UNITS)
    about = joined((plain(source), local_time(item.requested_at)), " · ")
    return joined((plain(headline), about), "\n")


def local_time(moment: datetime) -> Fragment:
    """A time that Telegram shows in the reader's zone, and whoever cannot in UTC."""
    words = plain(f"{moment.day} {moment:%B %Y, %H:%M} UTC")
    return words.inside("tg-time", f' unix="{int(moment.timestamp())}" format="Dt"')
