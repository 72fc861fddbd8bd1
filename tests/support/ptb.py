"""python-telegram-bot's own client, at the fake Bot API server."""

from telegram import Bot

from support.bot_api import TOKEN, BotApiServer


def ptb_bot(server: BotApiServer, token: str = TOKEN) -> Bot:
    """A bot to be entered; it sends what a test tells it to."""
    return Bot(token, f"{server.root}/bot", f"{server.root}/file/bot")
