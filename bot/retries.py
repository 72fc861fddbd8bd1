"""The button under a failure: what failed is tried once more."""

from functools import partial

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot import texts
from bot.answers import answer_press
from bot.context import NutgrafContext
from bot.errors import DigestLimitReached
from bot.failures import REFUSALS
from bot.limits import check_digest_limit, count_digest
from bot.outcome import current_outcome
from fetcher.errors import FetchError
from storage.jobs import Job, enqueue_again, is_failed

TRY_AGAIN = r"1:ta:([0-9]{1,18})\Z"


def try_again_keyboard(job: Job, error: Exception) -> InlineKeyboardMarkup | None:
    """The button under what is told of a failed job, where another try may end better."""
    if "link" not in job.payload or not may_end_better(error):
        return None
    button = InlineKeyboardButton(texts.TRY_AGAIN, callback_data=f"1:ta:{job.id}")
    return InlineKeyboardMarkup([[button]])


def may_end_better(error: Exception) -> bool:
    """Whether trying again makes sense: not where the link itself is what is wrong."""
    return error.retryable if isinstance(error, FetchError) else not isinstance(error, REFUSALS)


async def try_again_pressed(update: Update, context: NutgrafContext) -> None:
    """Queue the failed job of this chat anew; it counts as a digest like any other."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    chat_id, now = query.message.chat.id if query.message else 0, services.now()
    job_id = int(context.match[1]) if context.match else 0
    outcome = current_outcome()
    async with services.database.read() as conn:
        is_open = await is_failed(conn, job_id, bot_id=outcome.bot_id, chat_id=chat_id)
        if is_open:
            try:
                await check_digest_limit(
                    conn, chat_id=chat_id, limit=services.digests_per_hour, now=now
                )
            except DigestLimitReached as exc:
                await answer_press(query, texts.failure_text(exc.code, limit=exc.limit))
                return
    if not is_open:
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    await answer_press(query, texts.TRYING_AGAIN)
    again = partial(
        enqueue_again,
        job_id=job_id,
        key=outcome.origin,
        bot_id=outcome.bot_id,
        chat_id=chat_id,
        created_at=now,
    )
    outcome.add(again, rings="jobs")
    outcome.add(partial(count_digest, chat_id=chat_id, now=now))
