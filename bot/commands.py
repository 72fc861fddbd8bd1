"""Commands that only talk, and the buttons under their answers."""

from importlib.resources import files

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot import texts
from bot.answers import answer_press, answer_text
from bot.articles import answer_article
from bot.context import NutgrafContext
from summarizer.models import Article

EXAMPLE_DATA = "1:ex"
TRY_EXAMPLE = rf"{EXAMPLE_DATA}\Z"

START_KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton(texts.TRY_EXAMPLE, callback_data=EXAMPLE_DATA)]]
)


async def start_command(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.START, keyboard=START_KEYBOARD)


async def help_command(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.HELP)


async def unknown_command(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.UNKNOWN_COMMAND)


async def try_example(update: Update, context: NutgrafContext) -> None:
    """Digest the built-in article, under the message with the button."""
    query = update.callback_query
    if query is None:
        return
    # A press without any data fits every pattern.
    if query.data != EXAMPLE_DATA or not isinstance(query.message, Message):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    await answer_press(query)
    example = Article(example_text())
    await answer_article(query.message, example, context.services, asked_by=query.from_user)


async def answer_old_button(update: Update, context: NutgrafContext) -> None:
    if update.callback_query is not None:
        await answer_press(update.callback_query, texts.BUTTON_OUT_OF_DATE)


def example_text() -> str:
    return files("bot").joinpath("data/example.txt").read_text("utf-8")
