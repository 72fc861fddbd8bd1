"""Commands of the owners: what went wrong lately, a copy of the database, the version."""

from importlib.metadata import version

from telegram import Update

from bot import database_texts, texts
from bot.answers import answer_text
from bot.backups import make_copy
from bot.context import NutgrafContext
from bot.failures import word_failures
from storage.errors import StorageError
from storage.failures import list_failures

SHOWN_FAILURES = 100


async def errors_command(update: Update, context: NutgrafContext) -> None:
    """What went wrong lately, whether the owner was told of it or not."""
    message = update.message
    if message is None:
        return
    if not _is_owner(update, context):
        await answer_text(message, texts.UNKNOWN_COMMAND)
        return
    async with context.services.database.read() as conn:
        failures = await list_failures(conn, limit=SHOWN_FAILURES)
    await answer_text(message, word_failures(failures) if failures else texts.NO_ERRORS)


async def backup_command(update: Update, context: NutgrafContext) -> None:
    """Copy the database now and say where to; the copy stays on the machine."""
    message, services = update.message, context.services
    if message is None:
        return
    if not _is_owner(update, context) or services.backups is None:
        await answer_text(message, texts.UNKNOWN_COMMAND)
        return
    try:
        path, size = await make_copy(services.database, services.backups, services.now())
    except StorageError as exc:
        await answer_text(message, database_texts.no_copy(texts.failure_line(exc)))
        return
    await answer_text(message, database_texts.copied(str(path), size))


async def version_command(update: Update, context: NutgrafContext) -> None:
    message = update.message
    if message is None:
        return
    if _is_owner(update, context):
        said = f"Nutgraf {version('nutgraf')}, {context.services.digester.method}"
    else:
        said = texts.UNKNOWN_COMMAND
    await answer_text(message, said)


def _is_owner(update: Update, context: NutgrafContext) -> bool:
    user = update.effective_user
    return user is not None and user.id in context.services.access.owners
