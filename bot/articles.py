"""Articles that people send: text, .txt files and forwards are asked to be digested."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from telegram import (
    Document,
    Message,
    MessageEntity,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    Update,
    User,
)
from telegram.constants import FileSizeLimit

from bot import texts
from bot.answers import answer_text, thread_of
from bot.context import NutgrafContext, Services
from bot.errors import FileTooLarge, LinksNotRead, UnsupportedType
from bot.limits import check_digest_limit, count_digest
from bot.origins import origin_of
from bot.outcome import Outcome, Write, current_outcome
from bot.pastes import join_text, place_part
from storage.articles import save_article
from storage.chats import Chat, ChatKind, save_chat
from storage.database import Connection
from storage.jobs import enqueue_job
from storage.pastes import PastePart, delete_parts, list_parts, move_deadlines, save_part
from summarizer.errors import EmptyText
from summarizer.models import Article

DIGEST = "digest"
"""The kind of job that answers with a digest."""

CHAT_KINDS: Mapping[str, ChatKind] = {
    "private": "private",
    "group": "group",
    "supergroup": "supergroup",
    "channel": "channel",
}
MAX_FILE_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)


@dataclass(frozen=True, slots=True)
class DigestRequest:
    """What is to be digested, a text or a file, and which message the digest replies to."""

    chat_id: int
    reply_to: int
    thread_id: int | None
    article: Article | None = None
    file_id: str | None = None
    source: str | None = None


async def receive_article(update: Update, context: NutgrafContext) -> None:
    """Ask for the digest of a text, a text file, or the caption of a picture or a video."""
    message, services = update.message, context.services
    if message is None:
        return
    request = read_message(message)
    if message.text and request.article and services.paste_rules.join_ms:
        await _receive_part(message, services, asked_by=update.effective_user)
    else:
        await ask_for_digest(message, request, services, asked_by=update.effective_user)


async def receive_other(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.NOT_TEXT)


async def digest_command(update: Update, context: NutgrafContext) -> None:
    """Ask for the digest of what the command replies to, or else of the words after it."""
    message = update.message
    if message is None:
        return
    request = _read_meant(message)
    if request is None:
        await answer_text(message, texts.DIGEST_NEEDS_REPLY)
    else:
        await ask_for_digest(message, request, context.services, asked_by=update.effective_user)


def _read_meant(message: Message) -> DigestRequest | None:
    """What a /digest is about; None where it does not say."""
    replied = message.reply_to_message
    if message.quote is not None and message.quote.is_manual:
        return _of_text(message, message.quote.text)
    if replied is not None and _is_digestible(replied):
        return read_message(replied, thread_id=thread_of(message))
    words = (message.text or "")[message.entities[0].length :].strip()
    if is_only_links(words, message.parse_entities([MessageEntity.URL]).values()):
        raise LinksNotRead
    return _of_text(message, words) if words else None


async def answer_article(
    message: Message, article: Article, services: Services, *, asked_by: User | None
) -> None:
    """Reply to `message`, in a while, with the digest of `article`."""
    request = DigestRequest(message.chat.id, message.message_id, thread_of(message), article)
    await ask_for_digest(message, request, services, asked_by=asked_by)


async def ask_for_digest(
    message: Message, request: DigestRequest, services: Services, *, asked_by: User | None
) -> None:
    """Add the job to the current outcome; raises EmptyText or DigestLimitReached."""
    outcome = current_outcome()
    outcome.add(_saving_chat(message, asked_by, services.now()))
    await add_request(outcome, request, services)


async def add_request(outcome: Outcome, request: DigestRequest, services: Services) -> None:
    """Add the job that answers the request; the chat must be stored by then."""
    if request.article is not None and not any(map(str.isalnum, request.article.text)):
        raise EmptyText  # before it is stored
    now = services.now()
    async with services.database.read() as conn:
        await check_digest_limit(
            conn, chat_id=request.chat_id, limit=services.digests_per_hour, now=now
        )
    payload: dict[str, Any] = {"reply_to": request.reply_to, "thread_id": request.thread_id}
    if request.file_id is not None:
        payload |= {"file_id": request.file_id, "source": request.source}

    async def write(conn: Connection) -> None:
        article_id = None
        if request.article is not None:
            article_id = await save_article(conn, request.article, received_at=now)
        await enqueue_job(
            conn,
            DIGEST,
            outcome.origin,
            bot_id=outcome.bot_id,
            chat_id=request.chat_id,
            article_id=article_id,
            payload=payload,
            created_at=now,
        )
        await count_digest(conn, chat_id=request.chat_id, now=now)

    outcome.add(write, rings="jobs")


async def add_paste(outcome: Outcome, parts: Sequence[PastePart], services: Services) -> None:
    """Ask for the digest of a whole paste; it replies to the first part."""
    first = parts[0]
    article = Article(join_text(parts), source=first.source)
    request = DigestRequest(first.chat_id, first.message_id, first.thread_id, article)
    await add_request(outcome, request, services)


async def _receive_part(message: Message, services: Services, *, asked_by: User | None) -> None:
    """Keep a text that may be part of a paste, or end the paste with it."""
    outcome, part, now = current_outcome(), _part_of(message), services.now()
    bot_id, chat_id = outcome.bot_id, part.chat_id
    async with services.database.read() as conn:
        waiting = await list_parts(conn, bot_id=bot_id, chat_id=chat_id)
    placement = place_part(
        part, (other for other, _ in waiting), min_chars=services.paste_rules.min_chars
    )
    outcome.add(_saving_chat(message, asked_by, now))
    ids = placement.message_ids
    if not placement.waits:
        outcome.add(partial(delete_parts, message_ids=ids, bot_id=bot_id, chat_id=chat_id))
        await add_paste(outcome, placement.parts, services)
        return
    deadline = now + services.paste_rules.wait
    save = partial(save_part, part=part, bot_id=bot_id, deadline_at=deadline)
    outcome.add(save, rings="pastes")
    outcome.add(
        partial(
            move_deadlines, bot_id=bot_id, deadline_at=deadline, chat_id=chat_id, message_ids=ids
        )
    )


def _part_of(message: Message) -> PastePart:
    sender = message.sender_chat or message.from_user
    forwarded = message.forward_origin
    return PastePart(
        chat_id=message.chat.id,
        sender_id=sender.id if sender else 0,
        thread_id=thread_of(message),
        message_id=message.message_id,
        text=message.text or "",
        origin=_origin_key(message),
        origin_at=forwarded.date if forwarded else None,
        source=origin_of(message),
    )


def _origin_key(message: Message) -> str | None:
    """Whom a message was forwarded from, in so far as it can be told apart from others."""
    match message.forward_origin:
        case None:
            return None
        case MessageOriginChannel(chat=chat) | MessageOriginChat(sender_chat=chat):
            return f"chat {chat.id}"
        case MessageOriginUser(sender_user=user):
            return f"user {user.id}"
        case MessageOriginHiddenUser(sender_user_name=name):
            return f"name {name}"
        case other:
            return other.type


def read_message(message: Message, *, thread_id: int | None = None) -> DigestRequest:
    """The text, file or caption of a message; raises LinksNotRead where it is only links.

    For files see `read_document`.
    """
    if message.document is not None and message.animation is None:
        return DigestRequest(
            message.chat.id,
            message.message_id,
            thread_id or thread_of(message),
            file_id=read_document(message.document),
            source=origin_of(message),
        )
    text = message.text or message.caption or ""
    marked = message.parse_entities if message.text else message.parse_caption_entities
    if is_only_links(text, marked([MessageEntity.URL]).values()):
        raise LinksNotRead
    return _of_text(message, text, thread_id=thread_id)


def read_document(document: Document) -> str:
    """The id of a .txt file; raises UnsupportedType or FileTooLarge."""
    name = (document.file_name or "").lower()
    if document.mime_type != "text/plain" and not name.endswith(".txt"):
        raise UnsupportedType(document.mime_type or "")
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_FILE_BYTES)
    return document.file_id


def _of_text(message: Message, text: str, *, thread_id: int | None = None) -> DigestRequest:
    article = Article(text, source=origin_of(message))
    return DigestRequest(
        message.chat.id, message.message_id, thread_id or thread_of(message), article
    )


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


def _saving_chat(message: Message, person: User | None, now: datetime) -> Write:
    return partial(save_chat, chat=_chat_of(message, person, now))


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
