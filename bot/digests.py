"""The job that digests: an article, or what a file or a link holds, becomes a message."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telegram import Bot

from bot import texts
from bot.answers import SEND_MESSAGE, html_payload, showing, with_keyboard
from bot.buttons import digest_keyboard
from bot.context import Services
from bot.outcome import Outcome
from bot.pages import find_earlier, page_notice, point_to
from bot.render import render_digest, render_short
from newsroom.pages import fetch_page
from storage.articles import delete_unclaimed_articles, get_article, save_article
from storage.database import Connection
from storage.deliveries import Delivery
from storage.digests import find_digest, save_digest
from storage.history import record_request
from storage.jobs import Job, attach_article
from summarizer.errors import EmptyText
from summarizer.language import MAX_ANALYSED_CHARS
from summarizer.models import Article, Digest

SHORT_WORDS = 120
"""A text with fewer words is its own digest: only its speakers and places are told."""
SHORT_CHARS = 2_000
NEAR_CHARS = 1_000


async def work_on_digest(job: Job, outcome: Outcome, *, bot: Bot, services: Services) -> None:
    """Add the digest, the message with it and the entry of the history to the outcome."""
    if "link" in job.payload:
        await _work_on_link(job, outcome, bot=bot, services=services)
        return
    article_id = job.article_id or await _save_file(job, bot=bot, services=services)
    if article_id is None:
        return
    digest = await _find_or_make(job, article_id, bot=bot, services=services)
    payload = html_payload(render(digest, services))
    _answer(job, outcome, digest, article_id=article_id, payload=payload, services=services)


async def _work_on_link(job: Job, outcome: Outcome, *, bot: Bot, services: Services) -> None:
    """Answer with the digest of what a link leads to, or point to the one that is there already."""
    earlier = await find_earlier(job, services, link=job.payload["link"])
    if earlier is None:
        async with showing(bot, job.chat_id, job.payload["thread_id"]):
            page = await fetch_page(
                job.payload["link"], fetcher=services.fetcher, reader=services.digester
            )
        article_id = await _keep(page.article, job, services)
        if article_id is None:
            return
        earlier = await find_earlier(job, services, article_id=article_id)
        if earlier is None:
            digest = await _find_or_make(job, article_id, bot=bot, services=services)
            payload = _linked_payload(digest, services, notice=page_notice(page))
            _answer(job, outcome, digest, article_id=article_id, payload=payload, services=services)
            return
    again = with_keyboard(
        _linked_payload(earlier.digest, services),
        digest_keyboard(earlier.digest, earlier.digest_id),
    )
    outcome.send(await point_to(earlier, job, services, otherwise=again))


async def _find_or_make(job: Job, article_id: int, *, bot: Bot, services: Services) -> Digest:
    async with services.database.read() as conn:
        article = await get_article(conn, article_id)
        stored = await find_digest(
            conn,
            article_id=article_id,
            method=services.digester.method,
            revision=services.digester.revision,
        )
    if stored is not None:
        return stored.digest
    async with showing(bot, job.chat_id, job.payload["thread_id"]):
        return await _make(article, services)


def _linked_payload(digest: Digest, services: Services, *, notice: str = "") -> dict[str, Any]:
    html = render_linked(digest, services, notice=notice)
    return html_payload(html, preview=digest.article.url)


def _answer(
    job: Job,
    outcome: Outcome,
    digest: Digest,
    *,
    article_id: int,
    payload: Mapping[str, Any],
    services: Services,
) -> None:
    delivery = Delivery(
        chat_id=job.chat_id,
        method=SEND_MESSAGE,
        payload=payload,
        thread_id=job.payload["thread_id"],
        reply_to=job.payload["reply_to"],
    )
    _record(job, outcome, digest, article_id=article_id, delivery=delivery, services=services)


def _record(
    job: Job,
    outcome: Outcome,
    digest: Digest,
    *,
    article_id: int,
    delivery: Delivery,
    services: Services,
) -> None:
    now = services.now()
    queue = outcome.reserve()

    async def record(conn: Connection) -> None:
        digest_id = await save_digest(
            conn,
            digest,
            article_id=article_id,
            created_at=now,
            revision=services.digester.revision,
        )
        payload = with_keyboard(delivery.payload, digest_keyboard(digest, digest_id))
        await record_request(
            conn,
            chat_id=job.chat_id,
            digest_id=digest_id,
            thread_id=delivery.thread_id,
            request_message_id=delivery.reply_to,
            delivery_id=await queue(conn, replace(delivery, payload=payload)),
            requested_at=now,
        )

    outcome.add(record, rings="deliveries")


async def _save_file(job: Job, *, bot: Bot, services: Services) -> int | None:
    """Download a file and keep its article; raises FetchError or EmptyText."""
    sent = job.payload["file"]
    async with showing(bot, job.chat_id, job.payload["thread_id"]):
        file = await bot.get_file(sent["id"])
        content = bytes(await file.download_as_bytearray())
        article = await services.digester.read_file(
            content, name=sent["name"], content_type=sent["media_type"]
        )
    if not any(map(str.isalnum, article.text)):
        raise EmptyText
    article = replace(article, source=job.payload["source"] or article.source)
    return await _keep(article, job, services)


async def _keep(article: Article, job: Job, services: Services) -> int | None:
    """The id of the stored article; None, and nothing stored, where the job was dropped."""
    async with services.database.begin() as conn:
        article_id = await save_article(conn, article, received_at=services.now())
        if await attach_article(conn, job.id, article_id):
            return article_id
        await delete_unclaimed_articles(conn, [article_id])
        return None


async def _make(article: Article, services: Services) -> Digest:
    """A new digest of the first part of an article, stated over its whole text."""
    part = replace(article, text=first_part(article.text, _text_limit(services)))
    digest = await services.digester.digest(part)
    return replace(digest, article=replace(digest.article, text=article.text))


def render(digest: Digest, services: Services) -> str:
    """The message with a digest, said to be of the beginning or of a short text where it is."""
    text, limit = digest.article.text, _text_limit(services)
    if len(text) > limit:
        return render_digest(digest, services.layout, notice=texts.only_beginning(limit))
    if is_short(text):
        return render_short(digest, services.layout)
    return render_digest(digest, services.layout)


def render_linked(digest: Digest, services: Services, *, notice: str = "") -> str:
    """The message with the digest of a page, which is not before people's eyes, so never short."""
    limit = _text_limit(services)
    is_cut = len(digest.article.text) > limit
    return render_digest(
        digest, services.layout, notice=texts.only_beginning(limit) if is_cut else notice
    )


def _text_limit(services: Services) -> int:
    return min(services.max_text_chars, MAX_ANALYSED_CHARS)


def first_part(text: str, limit: int) -> str:
    """At most `limit` characters, up to a line end or else a space where one is near."""
    if len(text) <= limit:
        return text
    near = max(0, limit - NEAR_CHARS)
    end = max(text.rfind("\n", near, limit), text.rfind(". ", near, limit))
    if end < 0:
        end = text.rfind(" ", near, limit)
    return text[: end + 1] if end > 0 else text[:limit]


def is_short(text: str) -> bool:
    """Whether a text is its own digest; what has few spaces is not short for that alone."""
    few_words = len(text.split(maxsplit=SHORT_WORDS)) < SHORT_WORDS
    return few_words and len(text) <= SHORT_CHARS
