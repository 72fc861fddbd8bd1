"""Answers to links: what was told of a page before, and what is to be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import texts
from bot.answers import SEND_MESSAGE, html_payload, text_payload
from bot.context import Services
from bot.markup import linked, plain
from fetcher.links import canonical_link
from storage.chats import find_chat
from storage.deliveries import Delivery
from storage.digests import get_digest
from storage.history import Answer, find_answer
from storage.jobs import Job
from summarizer.models import Digest

if TYPE_CHECKING:
    from fetcher.page import Page

SAME_LINK = timedelta(days=1)
"""So long the same link is answered by a pointer to its digest."""
SUPERGROUP_PREFIX = "-100"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The message with the digest of the same article, and that digest."""

    message_id: int
    digest_id: int
    digest: Digest


async def find_earlier(
    job: Job, services: Services, *, link: str | None = None, article_id: int | None = None
) -> Earlier | None:
    """The digest of this link, or of this article, that the chat got within a day."""
    since = services.now() - SAME_LINK
    url = None if link is None else canonical_link(link)
    async with services.database.read() as conn:
        answer: Answer | None = await find_answer(
            conn, chat_id=job.chat_id, since=since, url=url, article_id=article_id
        )
        if answer is None:
            return None
        stored = await get_digest(conn, answer.digest_id)
    return Earlier(answer.message_id, stored.id, stored.digest)


async def point_to(
    earlier: Earlier, job: Job, services: Services, *, otherwise: Mapping[str, Any]
) -> Delivery:
    """The message that says where the digest is; where it is gone, `otherwise` is sent instead.

    In supergroups it is a link to the earlier message, elsewhere a reply to it.
    """
    async with services.database.read() as conn:
        chat = await find_chat(conn, job.chat_id)
    if chat is not None and chat.kind == "supergroup":
        number = str(job.chat_id).removeprefix(SUPERGROUP_PREFIX)
        address = f"https://t.me/c/{number}/{earlier.message_id}"
        words = linked(plain(texts.DIGESTED_BEFORE), address)
        payload = html_payload(words.html)
    else:
        payload = text_payload(texts.DIGESTED_ABOVE) | {
            "reply_to": earlier.message_id,
            "otherwise": dict(otherwise),
        }
    return Delivery(
        chat_id=job.chat_id,
        method=SEND_MESSAGE,
        payload=payload,
        thread_id=job.payload["thread_id"],
        reply_to=job.payload["reply_to"],
    )


def page_notice(page: "Page") -> str:
    """What to say of a page of which only a part was shown or read; empty for others."""
    if page.obstacle is not None:
        return texts.only_preview(page.article.url or "", len(page.article.text.split()))
    return texts.ONLY_PAGE_BEGINNING if page.is_cut else ""
