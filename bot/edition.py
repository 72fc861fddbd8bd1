"""An edition as one Telegram message: each story with its best point, a voice and its sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import texts_following as texts
from bot.markup import (
    Fragment,
    bold,
    clean_text,
    cut_text,
    italic,
    joined,
    linked,
    plain,
    utf16_units,
)
from bot.outline import Outline, Place, outline_digest
from bot.render import MAX_BYTES, MAX_ENTITIES, MAX_UNITS, DigestLayout
from newsroom.news import News
from newsroom.stories import Story
from storage.digests import StoredDigest

POINT_UNITS = 350
QUOTE_UNITS = 220
TITLE_UNITS = 160
SOURCES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class EditionMessage:
    """`shown` stories stand in the message; `more` are left after them."""

    html: str
    shown: int
    more: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A story with its voice and without, for where the room is short."""

    whole: Fragment
    brief: Fragment


def render_edition(
    name: str, news: News, layout: DigestLayout, *, since: str = ""
) -> EditionMessage:
    """The first stories of an edition on the topic `name`, with the news since then."""
    edition = news.edition
    total = len(edition.stories) + len(edition.more)
    about = joined([plain(since), plain(texts.edition_size(edition.articles, total))], " · ")
    return _render(name, about, edition.stories, news.digests, layout, before=0, total=total)


def render_more(
    name: str,
    stories: Sequence[Story],
    digests: Mapping[str, StoredDigest],
    layout: DigestLayout,
    *,
    before: int,
    total: int,
) -> EditionMessage:
    """Further stories of an edition of `total` stories, of which `before` have been shown."""
    message = _render(name, Fragment(), stories, digests, layout, before=before, total=total)
    about = plain(texts.stories_shown(before + 1, before + message.shown, total))
    return _render(
        name, about, stories[: message.shown], digests, layout, before=before, total=total
    )


def _render(
    name: str,
    about: Fragment,
    stories: Sequence[Story],
    digests: Mapping[str, StoredDigest],
    layout: DigestLayout,
    *,
    before: int,
    total: int,
) -> EditionMessage:
    outlines = {
        id_: outline_digest(digests[id_].digest, layout.map_url)
        for story in stories
        for id_ in story.ids
        if id_ in digests
    }
    entries = [
        _render_story(number, story, outlines)
        for number, story in enumerate(stories, start=before + 1)
    ]
    header = joined([bold(name), about], " · ")
    body = _fit(header, entries)
    html = joined([header, *body], "\n\n").html
    return EditionMessage(html, len(body), total - before - len(body))


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
    point = _find_point(story)
    title = cut_text(titled.title or point, TITLE_UNITS) or texts.UNTITLED
    heading = plain(f"{number} · ") + linked(plain(title), titled.link)
    lead = plain(cut_text(point, POINT_UNITS)) if point and point != titled.title else Fragment()
    foot = _render_sources(story, outlines)
    head = heading.inside("b")
    return _Entry(
        whole=joined([head, lead, _render_voice(story, outlines), foot], "\n"),
        brief=joined([head, lead, foot], "\n"),
    )


def _find_point(story: Story) -> str:
    """The most important point that is short enough to stand whole; else the most important one."""
    points = [clean_text(found.point.text) for found in story.key_points]
    short = (point for point in points if utf16_units(point) <= POINT_UNITS)
    return next(short, next(iter(points), ""))


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
