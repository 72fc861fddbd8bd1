"""An edition as one Telegram message: each story with its best point, a voice and its sources."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot import texts_following as texts
from bot.markup import Fragment, bold, clean_text, cut_text, italic, joined, linked, plain
from bot.outline import Outline, Place, outline_digest
from bot.render import MAX_BYTES, MAX_ENTITIES, MAX_UNITS, DigestLayout
from newsroom.editor import News
from newsroom.stories import Story

POINT_UNITS = 350
QUOTE_UNITS = 220
TITLE_UNITS = 160
SOURCES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class EditionMessage:
    """`shown` stories stand in the message, numbered from 1; `more` do not."""

    html: str
    shown: int
    more: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A story with its voice and without, for where the room is short."""

    whole: Fragment
    brief: Fragment


def render_edition(name: str, news: News, layout: DigestLayout) -> EditionMessage:
    """The message; what does not fit waits behind the button. `name` is that of the topic."""
    edition = news.edition
    outlines = {
        id_: outline_digest(stored.digest, layout.map_url) for id_, stored in news.digests.items()
    }
    entries = [
        _render_story(number, story, outlines)
        for number, story in enumerate(edition.stories, start=1)
    ]
    total = len(edition.stories) + len(edition.more)
    header = bold(name) + plain(" · ") + plain(texts.edition_size(edition.articles, total))
    body = _fit(header, entries)
    shown = len(body)
    html = joined([header, *body], "\n\n").html
    return EditionMessage(html, shown, total - shown)


def _fit(header: Fragment, entries: list[_Entry]) -> list[Fragment]:
    """As many stories as there is room for, first without voices from the end, then fewer."""
    for kept in range(len(entries), 0, -1):
        for voiced in range(kept, -1, -1):
            body = [entry.whole if n < voiced else entry.brief for n, entry in enumerate(entries)]
            whole = joined([header, *body[:kept]], "\n\n")
            if _has_room(whole):
                return body[:kept]
    return []


def _has_room(message: Fragment) -> bool:
    return (
        message.units <= MAX_UNITS
        and message.entities <= MAX_ENTITIES
        and message.size <= MAX_BYTES
    )


def _render_story(number: int, story: Story, outlines: dict[str, Outline]) -> _Entry:
    titled = outlines[story.title_id]
    point = next((clean_text(found.point.text) for found in story.key_points), "")
    title = cut_text(titled.title or point, TITLE_UNITS) or texts.UNTITLED
    heading = plain(f"{number} · ") + linked(plain(title), titled.link)
    lead = plain(cut_text(point, POINT_UNITS)) if point and point != titled.title else Fragment()
    foot = _render_sources(story, outlines)
    head = heading.inside("b")
    return _Entry(
        whole=joined([head, lead, _render_voice(story, outlines), foot], "\n"),
        brief=joined([head, lead, foot], "\n"),
    )


def _render_voice(story: Story, outlines: dict[str, Outline]) -> Fragment:
    """The first new quotation that is short enough, and who said it."""
    new = {
        (said.article_id, said.statement.start)
        for speaker in story.speakers
        for said in speaker.statements
    }
    for id_ in _in_order(story):
        for voice in outlines[id_].voices:
            for line in voice.lines:
                if line.direct and (id_, line.start) in new and len(line.text) <= QUOTE_UNITS:
                    role = plain(", ") + italic(voice.role) if voice.role else Fragment()
                    return plain(f"{line} – ") + bold(voice.name) + role
    return Fragment()


def _render_sources(story: Story, outlines: dict[str, Outline]) -> Fragment:
    named = [outlines[id_].dateline.partition(" · ")[0] for id_ in _in_order(story)]
    first, *others = list(dict.fromkeys(filter(None, named))) or [""]
    also = ", ".join(others[:SOURCES_SHOWN]) + (" …" if len(others) > SOURCES_SHOWN else "")
    place = next(_places(story, outlines), None)
    parts = [
        plain(first),
        plain(texts.also_in(also)) if also else Fragment(),
        linked(plain(place.name), place.link) if place else Fragment(),
    ]
    line = joined(parts, " · ")
    return line.inside("i") if line else line


def _places(story: Story, outlines: dict[str, Outline]) -> Iterator[Place]:
    """The places of the article that gives the title, then those of the others."""
    for id_ in _in_order(story):
        yield from outlines[id_].places


def _in_order(story: Story) -> Iterator[str]:
    """The new articles, the one that gives the title first."""
    yield story.title_id
    yield from (id_ for id_ in story.new_ids if id_ != story.title_id)
