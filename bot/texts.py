"""Every sentence that people read: plain text, to be escaped by whoever sends it as HTML."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from bot import database_texts

KEY_POINTS = "Key points"
WHO_SAID_WHAT = "Who said what"
WHERE = "Where"
ALSO = "Also"
NOTHING_FOUND = "I found no sentence here to show."

START = (
    "Send me an article: I reply with its key points, who said what, and where.\n"
    "Send its link, its text, or a file (.txt, .md, .html, .pdf). Nothing leaves this server."
)
TRY_EXAMPLE = "Try an example"

HELP = """\
Send the link of an article (up to five in a message), paste or forward its text, or send a file \
(.txt, .md, .html, .pdf): each digest comes back in one message.
/digest LINK, or as a reply to a message with an article – its digest
/subscribe FEED, PAGE, WORDS, PERSON or PLACE – what I shall follow for you; /subscriptions – \
see and change it; /unsubscribe – stop
/history – your latest digests; /search – find one by its words, by:NAME or in:PLACE
/today – what is new of what you follow; /time – when editions come; /pause, /resume
/cancel – drop a paste whose end I am still waiting for
/privacy – what is kept of you; /export – get it; /delete_me – erase it; \
/start – an example; /help – this list
Every quotation is word for word from the article; what I am not sure of, I leave out. \
Places: GeoNames, CC BY 4.0."""

HISTORY_TITLE = "Your latest digests"
HISTORY_EMPTY = "Nothing here yet. Paste an article and its digest will be listed here."
SEARCH_TITLE = "Found in your digests"
SEARCH_EMPTY = (
    "No digest in this chat holds all of that. Try fewer words; /history lists the latest."
)
SEARCH_FORMS = (
    "I search the articles digested in this chat.\n"
    '/search harbour strike – both words; /search "harbour strike" – exactly these, side by side\n'
    "/search by:Tarrow – what a speaker said\n"
    "/search in:Bergen – what happened in a place\n"
    "They can be put together: /search by:Tarrow in:Bergen strike"
)
DIGEST_NEEDS_REPLY = (
    "Reply with /digest to a message that holds an article or a link, or send the article itself."
)
ERASE = "Erase everything"
KEEP = "Keep it"
KEPT = "Nothing was erased."
EXPORT_EMPTY = "Nothing is kept of this chat yet, so there is nothing to send."
EXPORT_ON_ITS_WAY = "I have sent that file already, or am about to. Ask again in ten minutes."
ONLY_ADMINS = "Only admins of this group can do that."
NO_ERRORS = "Nothing went wrong lately."
COMMANDS: Mapping[str, str] = {
    "digest": "The digest of a link, or of the message it replies to",
    "subscribe": "Follow a feed, words, a person or a place",
    "subscriptions": "What this chat follows",
    "unsubscribe": "Stop following something",
    "today": "What is new since the last edition",
    "time": "When editions come, and your time zone",
    "pause": "Tell nothing for some time",
    "resume": "Go on after a pause",
    "history": "Your latest digests",
    "search": "Find a digest again",
    "cancel": "Drop a paste that is not finished",
    "privacy": "What is kept, where and how long",
    "export": "Get all that is kept as a file",
    "delete_me": "Erase what is kept",
    "help": "What I can do",
    "start": "What I am, with an example",
    "errors": "What went wrong lately",
    "backup": "Copy the database now",
    "version": "Which version this is",
}
"""What the menu of a client says about each command."""
UNKNOWN_COMMAND = "I do not know this command. /help lists the ones I know."
NOT_TEXT = "I read text. Send the link of the article, paste it, or send a text or PDF file."
TRY_AGAIN = "Try again"
TRYING_AGAIN = "Trying again…"
DIGESTED_ABOVE = "Here is the digest of that link."
DIGESTED_BEFORE = "That link was digested here already."
SHOW_MAP = "Map"
FOLLOW = "Follow…"
UNNAMED_PLACE = "Place"
NO_PLACES = "No place was found that could be shown on a map."
MAP_NOT_DRAWN = "The map could not be drawn. Each button sends the pin of a place."
BUTTON_OUT_OF_DATE = "This button is out of date. Send /start for a new one."
NO_RIGHT_TO_SEND_THAT = (
    "I may not send pictures, files or places here. An admin of this group can allow it."
)
DIGEST_GONE = "That digest is kept no longer. Send the article again for a new one."
CHAT_HINT = "Paste an article or its link and press Enter. A number presses a button; /quit ends."


def no_right_to_write(title: str | None) -> str:
    """For who asked in a group, told in private."""
    where = f"in “{title}”" if title else "in that group"
    return (
        f"I may not write {where}, so my answer could not be sent there. "
        "An admin can allow it; or send me the article here."
    )


def more(count: int) -> str:
    return f"+ {count} more"


def already_short(words: int) -> str:
    return f"That is already short ({_count(words, 'word')})."


def only_beginning(limit: int) -> str:
    """For a text longer than a chat may send; the digest covers its first part."""
    return f"Only the first {limit:,} characters fit. The digest covers those."


ONLY_PAGE_BEGINNING = "That page is very long: I read only its beginning. Paste the rest for more."


def only_first_links(limit: int) -> str:
    return f"I read the first {limit} links of a message. Send the others in another one."


def only_preview(url: str, words: int) -> str:
    """For a page that shows no more of its article to those who are not signed in."""
    return (
        f"{host_of(url)} shows only a part ({_count(words, 'word')}). Paste the full text for more."
    )


def privacy(digests: int, *, article_days: int, digest_days: int, backup_days: int) -> str:
    """What is kept of a chat that has so many digests, and for how long."""
    backups = f" {_in_backups(backup_days)}" if backup_days else ""
    return (
        "What I keep of this chat: the articles sent to me and their digests, when they were asked "
        "for and in which messages, the topics it follows, the name of the chat and its language.\n"
        "Where: in the database of this bot, on the machine it runs on. Nothing leaves it except "
        "what is sent through Telegram; the site of a link sees a request from this machine.\n"
        f"How long: a text {_count(min(article_days, digest_days), 'day')} and its digest "
        f"{_count(digest_days, 'day')} from when it was last asked for; everything 30 days after "
        f"you block or remove me.{backups}\n"
        f"Now: {_count(digests, 'digest')}. /export sends you all of it, /delete_me erases it."
    )


def erased(backup_days: int) -> str:
    held = f" {_in_backups(backup_days)}" if backup_days else ""
    return f"Erased. Nothing of this chat is kept any longer.{held}"


def _in_backups(days: int) -> str:
    return f"Backups of the database hold what was erased for up to {_count(days, 'day')} more."


def erase_question(digests: int) -> str:
    return (
        f"Erase all that is kept of this chat ({_count(digests, 'digest')}, with their articles)? "
        "This cannot be undone. Messages that Telegram shows stay where they are."
    )


def cancelled(parts: int, digests: int) -> str:
    """What was dropped: parts of a paste, and digests that were still to be made."""
    dropped = [_count(parts, "part") + " of a paste"] * bool(parts)
    dropped += [_count(digests, "digest") + " not made yet"] * bool(digests)
    return f"Dropped: {' and '.join(dropped)}." if dropped else "There is nothing to cancel."


def not_admitted(identity: int, *, is_private: bool) -> str:
    """`identity` is what the owner needs to let the person, or the group, in."""
    if is_private:
        return f"This bot serves invited people only. Your id is {identity}; send it to the owner."
    return (
        f"This bot serves invited groups only. The id of this group is {identity}; "
        "send it to the owner."
    )


def digest_limit(limit: int) -> str:
    """The time when the next one is possible follows."""
    return f"{_count(limit, 'digest')} this hour; the next one at "


MAX_CAPTION_PLACES = 8


def map_caption(names: Sequence[str]) -> str:
    """What stands under a map of places with these names."""
    shown = ", ".join(names[:MAX_CAPTION_PLACES])
    further = len(names) - MAX_CAPTION_PLACES
    return f"{shown} and {further} more" if further > 0 else shown


def venue_address(name: str, country: str | None, mentions: int, *, exact: bool) -> str:
    """The second line of a pin; never empty."""
    where = [f"{name}, {country}" if country and country != name else name]
    where += [] if exact else ["somewhere near"]
    return " · ".join([*where, f"mentioned {mentions}×"] if mentions else where)


def file_written(name: str, path: str) -> str:
    """In place of a file that Telegram would offer."""
    return f"File {name}: {path}"


def picture_written(path: str) -> str:
    """In place of a picture, where none can be shown."""
    return f"Picture: {path}"


MAX_KINDS, MAX_IDS = 15, 8


def owner_failures(count: int, since: datetime, kinds: Sequence[tuple[str, Sequence[str]]]) -> str:
    """For the owner: kinds of errors, each with the ids under which the log tells more."""
    lines = [f"{_count(count, 'error')} since {since:%Y-%m-%d %H:%M} UTC."]
    for kind, codes in kinds[:MAX_KINDS]:
        ids = ", ".join(codes[-MAX_IDS:])
        further = ", …" if len(codes) > MAX_IDS else ""
        lines.append(f"{len(codes)} × {kind} (id {ids}{further})")
    if len(kinds) > MAX_KINDS:
        lines.append(f"and {_count(len(kinds) - MAX_KINDS, 'further kind')}")
    return "\n".join([*lines, "The log says more under these ids."])


def _digest_limit(limit: int = 0) -> str:
    return f"That is as many digests as a chat may have in an hour ({limit}). Try again later."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _text_too_long(length: int = 0, limit: int = 0) -> str:
    if not limit:
        return "That text is too long. Send the article alone."
    held = f"The text has {length:,} characters; " if length else ""
    sentence = f"{held}at most {limit:,} can be read. Send the article alone."
    return sentence[:1].upper() + sentence[1:]


def _digest_timeout(seconds: float = 0) -> str:
    limit = f" within {_count(round(seconds), 'second')}" if seconds else " in time"
    return f"I could not finish this text{limit}. Send the article alone, or a part of it."


def _internal(error_id: str = "") -> str:
    named = f" (id {error_id})" if error_id else ""
    return f"Something broke on my side{named}. Your text is kept; send it again to try once more."


def _unsupported_type(media_type: str = "") -> str:
    what = f" This is {media_type}." if media_type else ""
    return f"I read text and .txt, .md, .html and .pdf files.{what} Paste the text instead."


def _not_utf8(position: int | None = None) -> str:
    where = "" if position is None else f" (byte {position:,})"
    return f"The text is not UTF-8{where}. Save it as UTF-8 and send it again."


def _not_utf8_file(position: int = 0) -> str:
    return (
        f"The text is not UTF-8 (byte {position:,}). "
        "Convert it, for example by iconv -f WINDOWS-1252 -t UTF-8."
    )


def _unreadable_file(why: str = "") -> str:
    reasons = {
        "encrypted": "That file is protected by a password, so I cannot read it.",
        "scanned": "That file holds pictures of text, and I read no pictures.",
    }
    return f"{reasons.get(why, 'That file is damaged; I cannot read it.')} Paste the text instead."


def _file_too_large(limit: int = 0) -> str:
    size = f" Files up to {limit / 1_000_000:g} MB can be read." if limit else ""
    return f"That file is too large.{size} Send the article alone."


def _blocked_address(why: str = "") -> str:
    reasons = {
        "scheme": "I open only links that begin with http:// or https://.",
        "port": "I open links only at the usual ports of the web (80 and 443).",
        "credentials": "I do not open links that hold a name or a password.",
        "malformed": "I cannot read that link. Check it, or paste the text of the article.",
    }
    return reasons.get(why, "I do not open addresses inside private networks. Paste the text.")


def _unreachable(url: str = "", why: str = "") -> str:
    happened = {
        "no_such_host": "was not found. Check the link",
        "timeout": "did not answer in time",
        "tls": "has no valid certificate, so I do not trust it",
        "redirects": "sends me round in circles",
        "bad_answer": "answered with something I cannot read",
    }
    return f"{host_of(url)} {happened.get(why, 'did not answer')}. {_OR_PASTE}"


def _bad_status(url: str = "", status: int = 0, retry_after: float | None = None) -> str:
    host = host_of(url)
    if status in (404, 410):
        return (
            f"There is no such page at {host} (HTTP {status}). Check the link, or paste the text."
        )
    if status in (401, 402, 403, 407, 451):
        return f"{host} does not let me read that page (HTTP {status}). {_OR_PASTE}"
    if status in (429, 503) and retry_after:
        wait = _count(max(1, round(retry_after / 60)), "minute")
        return f"{host} asks me to wait {wait} (HTTP {status}). {_OR_PASTE}"
    return f"{host} answered with an error (HTTP {status}). {_OR_PASTE}"


def _too_large(url: str = "", size: int | None = None, limit: int = 0) -> str:
    what = "page" if url.startswith("http") else "file"
    most = f" I read up to {limit / 1_000_000:g} MB." if size is None or size > limit else ""
    return f"That {what} is too large.{most} Paste the text of the article."


def _not_an_article(url: str = "", obstacle: str | None = None) -> str:
    said = {
        "consent": "shows me only its question about cookies",
        "login": "shows that page only to those who sign in",
        "paywall": "shows that page only to subscribers",
        "javascript": "builds that page by a program in the browser, which I do not run",
    }
    if obstacle in said and url:
        return f"{host_of(url)} {said[obstacle]}. {_OR_PASTE}"
    return f"I found no article text on that page. {_OR_PASTE}"


def host_of(url: str) -> str:
    """The site of an address, as it is spelled in it: look-alike letters show as xn--."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return (host or "The site").removeprefix("www.")


def _model_missing(name: str = "") -> str:
    named = f"The language model {name}" if name else "The language model"
    return f"{named} is not installed. Install it, or name another one as [digest] model."


def no_such_chat(chat_id: int) -> str:
    return f"Nothing is kept of a chat {chat_id}."


def _gazetteer_missing(path: str = "") -> str:
    where = f" in {path}" if path else ""
    return f"There is no current place list{where}. Build it with: nutgraf gazetteer build"


def _unsupported_method(method: str = "", known: tuple[str, ...] = ()) -> str:
    named = f" named {method}" if method else ""
    listed = f" Known: {', '.join(known)}." if known else ""
    return f"There is no method{named}.{listed}"


def _gazetteer_unusable(where: str = "", why: str = "") -> str:
    return f"The place list {where} cannot be used: {why}. Name another one as [digest] gazetteer."


def _dump_unusable(where: str = "", why: str = "") -> str:
    named = f" {where}" if where else ""
    reason = f": {why}" if why else ""
    return f"The file{named} cannot be imported{reason}. Give a GeoNames dump, as .zip or .txt."


def _just(sentence: str) -> Callable[[], str]:
    return lambda: sentence


_OR_PASTE = "Paste the text and I will digest it."
_STORAGE = "The database cannot be used just now. Try again in a minute."

# What anybody may read: no path, no configuration.
_WORDING: Mapping[str, Callable[..., str]] = {
    "empty_text": _just("I found no words in that. Paste the text of an article."),
    "input": _just("That text cannot be digested. Paste the text of an article."),
    "text_too_long": _text_too_long,
    "digest_timeout": _digest_timeout,
    "not_an_article": _not_an_article,
    "blocked_address": _blocked_address,
    "unreachable": _unreachable,
    "bad_status": _bad_status,
    "too_large": _too_large,
    "unsupported_type": _unsupported_type,
    "unreadable_file": _unreadable_file,
    "not_utf8": _not_utf8,
    "digest_limit": _digest_limit,
    "file_too_large": _file_too_large,
    "links_into_telegram": _just(
        "That link leads into Telegram, where I see only what is sent to me. "
        "Forward the message itself and I will digest it."
    ),
    "not_a_feed": _just("That is no feed, and no page that names one."),
    "model_missing": _just("The language model is missing here. The owner can install it."),
    "gazetteer_missing": _just(
        "The place list is missing here. The owner can build it with: nutgraf gazetteer build"
    ),
    "storage": _just(_STORAGE),
    "database_locked": _just("The database is busy. Try again in a minute."),
    "database_unusable": _just(_STORAGE),
}

# What the owner of the installation reads, at the command line.
_OWNER_WORDING: Mapping[str, Callable[..., str]] = {
    **database_texts.WORDING,
    "model_missing": _model_missing,
    "gazetteer_missing": _gazetteer_missing,
    "unsupported_method": _unsupported_method,
    "digest_failed": _just(
        "The text could not be digested: its worker process ended early. Try it once more."
    ),
    "gazetteer_unusable": _gazetteer_unusable,
    "dump_unusable": _dump_unusable,
    "not_utf8": _not_utf8_file,
    "not_json": _just("This line is not JSON."),
    "not_an_object": _just("This line is not a JSON object."),
    "wrong_type": _just("text, html, url, title and published must be strings or null."),
    "nothing_to_digest": _just("This line has neither text nor html nor url."),
}


def failure_text(code: str, /, **data: object) -> str:
    """What happened and what to do, in plain text, for whoever talks to the bot.

    Data that the wording has no place for is passed over; an unknown code is a fault of ours.
    """
    return _worded(_WORDING.get(code, _internal), data)


def failure_line(error: Exception) -> str:
    """The same for one of our errors at the command line: it may name paths and settings."""
    code = getattr(error, "code", "")
    wording = _OWNER_WORDING.get(code) or _WORDING.get(code)
    return _worded(wording, vars(error)) if wording else f"{type(error).__name__}: {error}"


def _worded(wording: Callable[..., str], data: Mapping[str, object]) -> str:
    known = wording.__annotations__.keys()
    stated = {name: value for name, value in data.items() if name in known and value is not None}
    return wording(**stated)
