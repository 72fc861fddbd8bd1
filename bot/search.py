"""/search: find a digest of this chat again by words, by who spoke, or by where it happened."""

import logging
import re
from collections.abc import Iterator

from telegram import Update

from bot import texts
from bot.answers import answer_html, answer_text
from bot.context import NutgrafContext
from bot.history import local_time
from bot.markup import Fragment, bold, clean_text, cut_text, joined, plain, utf16_units
from bot.wording import shown_span
from storage.database import Connection
from storage.digests import get_digest
from storage.models import Term
from storage.search import (
    MATCH_END,
    MATCH_START,
    SearchHit,
    SearchQuery,
    search_digests,
)
from summarizer.models import Digest, Span

logger = logging.getLogger(__name__)

SHOWN_HITS = 10
HEADLINE_UNITS = 110
SOURCE_UNITS = 40
SNIPPET_UNITS = 170
LEAD_UNITS = 80
"""How much of a snippet may stand before its first match."""
MAX_MARKS = 6

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_TERM = re.compile(r'(?:\b(by|in):\s*)?(?:"([^"]*)(?:"|$)|([^\s"]+))', re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s+|[\n\r\u2028\u2029]+")
_MARKED = re.compile(f"{MATCH_START}([^{MATCH_END}]*){MATCH_END}")


async def search_command(update: Update, context: NutgrafContext) -> None:
    message = update.message
    if message is None:
        return
    query = parse_query(" ".join(context.args or ()))
    if not (query.words or query.speakers or query.places):
        await answer_text(message, texts.SEARCH_FORMS)
        return
    async with context.services.database.read() as conn:
        hits = await search_digests(conn, query, chat_id=message.chat.id, limit=SHOWN_HITS)
        rows = [await _row(conn, hit, query) for hit in hits]
    logger.info("search chat=%d found=%d", message.chat.id, len(hits))
    if rows:
        await answer_html(message, joined((bold(texts.SEARCH_TITLE), *rows), "\n\n").html)
    else:
        await answer_text(message, texts.SEARCH_EMPTY)


def parse_query(text: str) -> SearchQuery:
    """Words, "quoted words", by:NAME and in:PLACE; any text is a query."""
    found: dict[str, list[Term]] = {"": [], "by": [], "in": []}
    for key, quoted, word in _TERM.findall(text.translate(_QUOTES)):
        term = Term(quoted, exact=True) if quoted else Term(word)
        if any(map(str.isalnum, term.text)):
            found[key.lower()].append(term)
    return SearchQuery(tuple(found[""]), tuple(found["by"]), tuple(found["in"]))


async def _row(conn: Connection, hit: SearchHit, query: SearchQuery) -> Fragment:
    headline = cut_text(clean_text(hit.headline), HEADLINE_UNITS)
    source = cut_text(clean_text(hit.source or ""), SOURCE_UNITS)
    about = joined((plain(source), local_time(hit.requested_at)), " · ")
    return joined((bold(headline), about, await _evidence(conn, hit, query)), "\n")


async def _evidence(conn: Connection, hit: SearchHit, query: SearchQuery) -> Fragment:
    """Words of the article that show why it was found."""
    if hit.speakers:
        digest = (await get_digest(conn, hit.digest_id)).digest
        if shown := render_statement(digest, hit.speakers, query.words):
            return shown
    if hit.snippet is not None:
        return render_snippet(hit.snippet)
    if hit.places:
        digest = (await get_digest(conn, hit.digest_id)).digest
        return render_mention(digest, hit.places)
    return Fragment()


def render_statement(
    digest: Digest, speakers: tuple[str, ...], words: tuple[Term, ...]
) -> Fragment:
    """What one of these speakers said, word for word: the statement with most of the words."""
    text = digest.article.text
    wanted = [word.text.casefold() for word in words]
    shown = [
        (speaker.name, span.text_of(text))
        for speaker in digest.speakers
        if speaker.name in speakers
        for statement in speaker.statements
        if (span := shown_span(text, statement)) is not None
    ]
    if not shown:
        return Fragment()
    name, said = max(shown, key=lambda item: sum(word in item[1].casefold() for word in wanted))
    name = cut_text(clean_text(name), SOURCE_UNITS)
    return plain(f"{name}: ") + plain(cut_text(clean_text(said), SNIPPET_UNITS - SOURCE_UNITS))


def render_mention(digest: Digest, places: tuple[str, ...]) -> Fragment:
    """Where the article first names one of these places, in its sentence."""
    text = digest.article.text
    for location in digest.locations:
        named = [span for span in location.mentions if span.text_of(text) in places]
        if not named and location.name in places:
            named = list(location.mentions)
        if named:
            return render_snippet(_around(text, named[0]))
    return Fragment()


def _around(text: str, mention: Span) -> str:
    """The sentence, or the part of it, that holds a mention; marked as the search index does it."""
    first = max(0, mention.start - SNIPPET_UNITS)
    last = min(len(text), mention.end + SNIPPET_UNITS)
    before, after = text[first : mention.start], text[mention.end : last]
    starts = list(_SENTENCE_END.finditer(before))
    end = _SENTENCE_END.search(after)
    before = before[starts[-1].end() :] if starts else before
    after = after[: end.end()] if end else after
    return f"{before}{MATCH_START}{mention.text_of(text)}{MATCH_END}{after}"


def render_snippet(snippet: str) -> Fragment:
    """A stretch of an article with what matched in bold, cut to its size around the first match."""
    whole = Fragment()
    pieces = tuple(_pieces(snippet))
    for number, (piece, is_match) in enumerate(pieces):
        shown = _squeezed(piece)
        if number == 0 and len(pieces) > 1:
            shown = _last_words(shown)
        room = SNIPPET_UNITS - whole.units
        if room < utf16_units(shown):
            return whole + plain(cut_text(shown, room)) if room > 1 else whole
        is_bold = is_match and bool(shown.strip()) and number < 2 * MAX_MARKS
        whole = whole + (bold(shown) if is_bold else plain(shown))
    return whole


def _pieces(snippet: str) -> Iterator[tuple[str, bool]]:
    """The stretch in turns: what stands before a match, the match, ..., what stands after."""
    position = 0
    for match in _MARKED.finditer(snippet):
        yield snippet[position : match.start()], False
        yield match[1], True
        position = match.end()
    yield snippet[position:], False


def _squeezed(piece: str) -> str:
    """Clean text that keeps a space at each end where there was one."""
    cleaned = clean_text(piece)
    if not cleaned:
        return " " if piece else ""
    return f"{' ' * piece[0].isspace()}{cleaned}{' ' * piece[-1].isspace()}"


def _last_words(text: str) -> str:
    """The end of what stands before a match, from a word on where it is cut."""
    if utf16_units(text) <= LEAD_UNITS:
        return text.lstrip()
    kept = text[-LEAD_UNITS // 2 :] if utf16_units(text) > len(text) else text[-LEAD_UNITS + 1 :]
    _, space, words = kept.partition(" ")
    return f"…{words if space and words else kept}"
