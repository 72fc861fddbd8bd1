"""Articles that people send: text, links, files and forwards are asked to be digested."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
    TextQuote,
    Update,
    User,
)
from telegram.constants import FileSizeLimit

from bot import texts
from bot.answers import answer_html, answer_text, thread_of
from bot.context import NutgrafContext, Services
from bot.errors import DigestLimitReached, FileTooLarge, LinksIntoTelegram
from bot.limits import check_digest_limit, count_digest, render_limit
from bot.links import LINK_ENTITIES, MAX_LINKS, find_links
from bot.markup import utf16_units
from bot.origins import origin_of
from bot.outcome import Outcome, Write, current_outcome
from bot.pastes import belongs, join_text, place_part
from fetcher.document import find_kind
from fetcher.errors import UnsupportedType
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
class SentFile:
    """A file as Telegram knows it; what it is called need not be what it is."""

    id: str
    name: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True)
class DigestRequest:
    """What is to be digested: a text, a file or what a link leads to; the digest is a reply."""

    chat_id: int
    reply_to: int
    thread_id: int | None
    article: Article | None = None
    file: SentFile | None = None
    source: str | None = None
    link: str | None = None


async def receive_article(update: Update, context: NutgrafContext) -> None:
    """Ask for the digest of a text, of links, a file, or the caption of a picture or a video."""
    message, services = update.message, context.services
    if message is None:
        return
    requests = read_message(message)
    if services.paste_rules.join_ms and await _is_part(message, requests, services):
        await _receive_part(message, services, asked_by=update.effective_user)
    else:
        await ask_for_digests(message, requests, services, asked_by=update.effective_user)


async def receive_other(update: Update, context: NutgrafContext) -> None:
    if update.message is not None:
        await answer_text(update.message, texts.NOT_TEXT)


async def digest_command(update: Update, context: NutgrafContext) -> None:
    """Ask for the digest of what the command replies to, or else of the words after it."""
    message = update.message
    if message is None:
        return
    requests = _read_meant(message)
    if requests:
        await ask_for_digests(message, requests, context.services, asked_by=update.effective_user)
    else:
        await answer_text(message, texts.DIGEST_NEEDS_REPLY)


def _read_meant(message: Message) -> tuple[DigestRequest, ...]:
    """What a /digest is about; nothing where it does not say."""
    replied, thread_id = message.reply_to_message, thread_of(message)
    if message.quote is not None and message.quote.is_manual:
        marked = _links_within(message.quote, replied) if replied is not None else None
        return _of_text(message, message.quote.text, marked, thread_id=thread_id)
    if replied is not None and _is_digestible(replied):
        return read_message(replied, thread_id=thread_id)
    command = message.entities[0]
    marked = message.parse_entities(LINK_ENTITIES)
    words = (message.text or "")[command.length :].strip()
    return _of_text(message, words, marked, thread_id=thread_id) if words else ()


def _links_within(quote: TextQuote, whole: Message) -> dict[MessageEntity, str]:
    """The links in the quoted part of a message: Telegram leaves them out of the quote itself."""
    start, end = quote.position, quote.position + utf16_units(quote.text)
    return {
        entity: words
        for entity, words in _marked_links(whole).items()
        if start <= entity.offset and entity.offset + entity.length <= end
    }


def _marked_links(message: Message) -> Mapping[MessageEntity, str]:
    parse = message.parse_entities if message.text else message.parse_caption_entities
    return parse(LINK_ENTITIES)


async def answer_article(
    message: Message, article: Article, services: Services, *, asked_by: User | None
) -> None:
    """Reply to `message`, in a while, with the digest of `article`."""
    request = DigestRequest(message.chat.id, message.message_id, thread_of(message), article)
    await ask_for_digests(message, (request,), services, asked_by=asked_by)


async def ask_for_digests(
    message: Message,
    requests: Sequence[DigestRequest],
    services: Services,
    *,
    asked_by: User | None,
) -> None:
    """Add the jobs to the current outcome; raises EmptyText or DigestLimitReached.

    Where the limit is reached among several requests, those before it are answered.
    """
    outcome = current_outcome()
    outcome.add(saving_chat(message, asked_by, services.now()))
    if len(requests) > MAX_LINKS:
        await answer_text(message, texts.only_first_links(MAX_LINKS))
    for position, request in enumerate(requests[:MAX_LINKS]):
        try:
            await add_request(outcome, request, services, position=position)
        except DigestLimitReached as exc:
            if position == 0:
                raise
            await answer_html(message, render_limit(exc))
            return


async def add_request(
    outcome: Outcome, request: DigestRequest, services: Services, *, position: int = 0
) -> None:
    """Add the job that answers the request; the chat must be stored by then.

    `position` counts the requests that were added to the same outcome before.
    """
    if request.article is not None and not any(map(str.isalnum, request.article.text)):
        raise EmptyText  # before it is stored
    now = services.now()
    async with services.database.read() as conn:
        await check_digest_limit(
            conn,
            chat_id=request.chat_id,
            limit=services.digests_per_hour,
            now=now,
            further=position,
        )

    async def write(conn: Connection) -> None:
        article_id = None
        if request.article is not None:
            article_id = await save_article(conn, request.article, received_at=now)
        await enqueue_job(
            conn,
            DIGEST,
            f"{outcome.origin}.{position}" if position else outcome.origin,
            bot_id=outcome.bot_id,
            chat_id=request.chat_id,
            article_id=article_id,
            payload=outcome.naming_asker(_payload(request)),
            created_at=now,
        )
        await count_digest(conn, chat_id=request.chat_id, now=now)

    outcome.add(write, rings="jobs")


def _payload(request: DigestRequest) -> dict[str, Any]:
    payload: dict[str, Any] = {"reply_to": request.reply_to, "thread_id": request.thread_id}
    if request.file is not None:
        payload |= {"file": asdict(request.file), "source": request.source}
    if request.link is not None:
        payload["link"] = request.link
    return payload


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
    outcome.add(saving_chat(message, asked_by, now))
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


async def _is_part(message: Message, requests: Sequence[DigestRequest], services: Services) -> bool:
    """Whether a message is a text that may be part of a paste.

    Links never are, except in the few words at the end of a paste that waits for them.
    """
    if message.text is None or requests[0].link is None:
        return message.text is not None and requests[0].article is not None
    if not find_links(message.text, message.parse_entities(LINK_ENTITIES)).has_words:
        return False
    part = _part_of(message)
    async with services.database.read() as conn:
        waiting = await list_parts(conn, bot_id=current_outcome().bot_id, chat_id=part.chat_id)
    return any(belongs(other, part) and other.message_id < part.message_id for other, _ in waiting)


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


def read_message(message: Message, *, thread_id: int | None = None) -> tuple[DigestRequest, ...]:
    """What is to be digested of a message: its links, or else its text, file or caption.

    Raises LinksIntoTelegram; for files see `read_document`.
    """
    thread_id = thread_id or thread_of(message)
    if message.document is not None and message.animation is None:
        request = DigestRequest(
            message.chat.id,
            message.message_id,
            thread_id,
            file=read_document(message.document),
            source=origin_of(message),
        )
        return (request,)
    text = message.text or message.caption or ""
    return _of_text(message, text, _marked_links(message), thread_id=thread_id)


def read_document(document: Document) -> SentFile:
    """The file of a document; raises UnsupportedType or FileTooLarge."""
    if find_kind(document.file_name, document.mime_type) is None:
        raise UnsupportedType(document.file_name, document.mime_type or "")
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise FileTooLarge(document.file_size or 0, MAX_FILE_BYTES)
    return SentFile(document.file_id, document.file_name, document.mime_type)


def _of_text(
    message: Message,
    text: str,
    marked: Mapping[MessageEntity, str] | None = None,
    *,
    thread_id: int | None,
) -> tuple[DigestRequest, ...]:
    """The request for a text, or those for the links in it where they are meant."""
    request = DigestRequest(message.chat.id, message.message_id, thread_id)
    found = find_links(text, marked or {})
    if found.are_meant:
        return tuple(replace(request, link=link) for link in found.links)
    if found.into_telegram and not found.has_words:
        raise LinksIntoTelegram
    return (replace(request, article=Article(text, source=origin_of(message))),)


def _is_digestible(message: Message) -> bool:
    """Whether a message holds something to digest that is not a digest already."""
    is_own = message.from_user is not None and message.from_user.id == message.get_bot().id
    return not is_own and bool(message.text or message.caption or message.document)


def saving_chat(message: Message, person: User | None, now: datetime) -> Write:
    """Notes the chat, which is to be known before it has digests."""
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
