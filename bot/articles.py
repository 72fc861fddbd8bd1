"""Articles that people send: text, .txt files and forwards become digests."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from telegram import Document, Message, MessageEntity, Update, User
from telegram.constants import FileSizeLimit

from bot import texts
from bot.answers import answer_html, answer_text, thread_of, typing
from bot.context import NutgrafContext, Services
from bot.errors import FileTooLarge, LinksNotRead, NotUtf8, UnsupportedType
from bot.render import render_digest, render_short
from storage.articles import save_article
from storage.chats import Chat, ChatKind, save_chat
from storage.digests import find_digest, save_digest
from storage.history import record_request
from summarizer.errors import EmptyText
from summarizer.language import MAX_ANALYSED_CHARS
from summarizer.models import Article, Digest

SHORT_WORDS = 120
"""A text with fewer words is its own digest: only its speakers and places are told."""
SHORT_CHARS = 2_000
NEAR_CHARS = 1_000

CHAT_KINDS: Mapping[str, ChatKind] = {
    "private": "private",
    "group": "group",
    "supergroup": "supergroup",
    "channel": "channel",
}
MAX_FILE_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)


async def receive_article(update: Update, context: NutgrafContext) -> None:
    """Digest a text, a text file, or the caption of a picture or a video."""
    message = update.message
    if message is not None:
        article = Article(await read_message(message))
        await answer_article(message, article, context.services, asked_by=update.effective_user)


async def receive_other(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.NOT_TEXT)


async def digest_command(update: Update, context: NutgrafContext) -> None:
    """Digest what the command replies to, or else the words after it."""
    message = update.message
    if message is None:
        return
    source, text = await _read_meant(message)
    if text is None:
        await answer_text(message, texts.DIGEST_NEEDS_REPLY)
    else:
        article = Article(text)
        await answer_article(source, article, context.services, asked_by=update.effective_user)


async def _read_meant(message: Message) -> tuple[Message, str | None]:
    """The text that a /digest is about and the message that holds it; None where it says none."""
    replied = message.reply_to_message
    if message.quote is not None and message.quote.is_manual:
        return message, message.quote.text
    if replied is not None and _is_digestible(replied):
        return replied, await read_message(replied)
    words = (message.text or "")[message.entities[0].length :].strip()
    if is_only_links(words, message.parse_entities([MessageEntity.URL]).values()):
        raise LinksNotRead
    return message, words or None


async def answer_article(
    message: Message, article: Article, services: Services, *, asked_by: User | None
) -> None:
    """Reply to `message` with the digest of `article`: the stored one, or a new one."""
    if not any(map(str.isalnum, article.text)):
        raise EmptyText  # before it is stored
    digest_id, digest = await _find_or_make(message, article, services, asked_by)
    answered = await answer_html(message, _render(digest, services))
    async with services.database.begin() as conn:
        await record_request(
            conn,
            chat_id=message.chat.id,
            digest_id=digest_id,
            thread_id=thread_of(message),
            request_message_id=message.message_id,
            answer_message_id=answered.message_id,
            requested_at=services.now(),
        )


async def read_message(message: Message) -> str:
    """The text, file or caption of a message; raises LinksNotRead where it is only links.

    For files see `read_document`.
    """
    if message.document is not None and message.animation is None:
        return await read_document(message.document)
    text = message.text or message.caption or ""
    marked = message.parse_entities if message.text else message.parse_caption_entities
    if is_only_links(text, marked([MessageEntity.URL]).values()):
        raise LinksNotRead
    return text


async def read_document(document: Document) -> str:
    """The text of a .txt file; raises UnsupportedType, FileTooLarge or NotUtf8."""
    name = (document.file_name or "").lower()
    if document.mime_type != "text/plain" and not name.endswith(".txt"):
        raise UnsupportedType(document.mime_type or "")
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_FILE_BYTES)
    file = await document.get_file()
    content = bytes(await file.download_as_bytearray())
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise NotUtf8(exc.start) from exc


def is_only_links(text: str, links: Iterable[str]) -> bool:
    """Whether a text says nothing besides the links in it."""
    rest = text
    for link in links:
        rest = rest.replace(link, "", 1)
    return rest != text and not any(map(str.isalnum, rest))


def _is_digestible(message: Message) -> bool:
    """Whether a message holds something to digest that is not a digest already."""
    is_own = message.from_user is not None and message.from_user.id == message.get_bot().id
    return not is_own and bool(message.text or message.caption or message.document)


async def _find_or_make(
    message: Message, article: Article, services: Services, asked_by: User | None
) -> tuple[int, Digest]:
    async with services.database.begin() as conn:
        await save_chat(conn, _chat_of(message, asked_by, services.now()))
        article_id = await save_article(conn, article, received_at=services.now())
        stored = await find_digest(conn, article_id=article_id, method=services.digester.method)
    if stored is not None:
        return stored.id, stored.digest
    async with typing(message):
        digest = await _make(article, services)
    async with services.database.begin() as conn:
        digest_id = await save_digest(
            conn, digest, article_id=article_id, created_at=services.now()
        )
    return digest_id, digest


def _chat_of(message: Message, person: User | None, now: datetime) -> Chat:
    kind = CHAT_KINDS[message.chat.type]
    return Chat(
        id=message.chat.id,
        kind=kind,
        title=message.chat.effective_name,
        language_code=person.language_code if person and kind == "private" else None,
        created_at=now,
        last_seen_at=now,
    )


def _text_limit(services: Services) -> int:
    return min(services.max_text_chars, MAX_ANALYSED_CHARS)


async def _make(article: Article, services: Services) -> Digest:
    """A new digest of the first part of an article, stated over its whole text."""
    part = replace(article, text=first_part(article.text, _text_limit(services)))
    digest = await services.digester.digest(part)
    return replace(digest, article=replace(digest.article, text=article.text))


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


def _render(digest: Digest, services: Services) -> str:
    text, limit = digest.article.text, _text_limit(services)
    if len(text) > limit:
        return render_digest(digest, services.layout, notice=texts.only_beginning(limit))
    if is_short(text):
        return render_short(digest, services.layout)
    return render_digest(digest, services.layout)
