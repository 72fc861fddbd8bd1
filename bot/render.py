"""A digest as one Telegram message: what fits is chosen by importance, quotations are never cut."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.config import MAP_URL
from bot.markup import Fragment, bold, clean_text, cut_text, folded, italic, joined, linked, plain
from bot.outline import TO_PLACE, Line, Outline, Place, Point, Voice, outline_digest
from bot.texts import (
    ALSO,
    KEY_POINTS,
    NOTHING_FOUND,
    WHERE,
    WHO_SAID_WHAT,
    already_short,
    more,
)
from summarizer.models import Digest

MAX_UNITS = 3_500
"""Of Telegram's 4,096 UTF-16 units: a message that nobody scrolls through for long."""
MAX_ENTITIES = 100
MAX_BYTES = 30_000

POINTS_UNITS = 1_600
PLACES_UNITS = 600
NOTICE_UNITS = 300
CUT_POINT_UNITS = 600
LONG_LINE_UNITS = 500
OPEN_UNITS = 1_000
OPEN_LINES = 4
ONE_ROW_UNITS = 90
ALSO_NAMES = 12
ALSO_UNITS = 150

# Set aside for headings, the fold and "+ 12 more", so that choosing need not foresee them.
_FRAME = Fragment("=" * 400, 150, 8)
_MORE_LINES = Fragment("=" * 20, 20)


@dataclass(frozen=True, slots=True)
class DigestLayout:
    """How many speakers stand above the fold, how many places are named, and where maps are."""

    speakers_open: int = 4
    max_places: int = 8
    map_url: str = MAP_URL


DEFAULT_LAYOUT = DigestLayout()


@dataclass(slots=True)
class _Room:
    """What is left of a message."""

    units: int = MAX_UNITS
    entities: int = MAX_ENTITIES
    size: int = MAX_BYTES

    def take(self, piece: Fragment) -> bool:
        """Whether the piece and a line end still fit; if they do, they are counted."""
        units, entities, size = piece.units + 1, piece.entities, piece.size + 1
        if units > self.units or entities > self.entities or size > self.size:
            return False
        self.units -= units
        self.entities -= entities
        self.size -= size
        return True


@dataclass(slots=True)
class _ChosenVoice:
    """The lines of a speaker that found room, by their index, the most wanted first."""

    voice: Voice
    header: Fragment
    lines: dict[int, Fragment] = field(default_factory=dict)


def render_digest(
    digest: Digest, layout: DigestLayout = DEFAULT_LAYOUT, *, notice: str = ""
) -> str:
    """The message for a digest, within Telegram's limits; `notice` is plain text that ends it."""
    outline = outline_digest(digest, layout.map_url)
    room = _Room()
    room.take(_FRAME)
    header = _header(outline, room)
    closing = _notice(notice, room)
    rows = _choose_points(outline.points, room)
    shown = [outline.points[index] for index in rows]
    where = _where(outline.places[: layout.max_places], room)
    who = _who_said_what(outline.voices, shown, layout, room)
    _add_points(rows, outline.points, room, MAX_UNITS)
    points = _section(bold(KEY_POINTS), [rows[index] for index in sorted(rows)])
    message = joined((header, points, who, where, closing), "\n\n")
    return message.html or plain(NOTHING_FOUND).html


def render_short(digest: Digest, layout: DigestLayout = DEFAULT_LAYOUT) -> str:
    """The message for a text that needs no key points: who and where only."""
    outline = outline_digest(digest, layout.map_url)
    room = _Room()
    room.take(_FRAME)
    opening = plain(already_short(len(digest.article.text.split())))
    room.take(opening)
    where = _where(outline.places[: layout.max_places], room)
    who = _who_said_what(outline.voices, (), layout, room)
    return joined((opening, who, where), "\n\n").html


def _section(heading: Fragment, rows: Sequence[Fragment]) -> Fragment:
    return joined((heading, *rows), "\n") if rows else Fragment()


def _header(outline: Outline, room: _Room) -> Fragment:
    rows = []
    if outline.title:
        rows.append(linked(plain(outline.title), outline.link).inside("b"))
    if outline.dateline:
        rows.append(italic(outline.dateline))
    header = joined(rows, "\n")
    room.take(header)
    return header


def _notice(notice: str, room: _Room) -> Fragment:
    cleaned = cut_text(clean_text(notice), NOTICE_UNITS)
    closing = italic(cleaned) if cleaned else Fragment()
    room.take(closing)
    return closing


def _choose_points(points: Sequence[Point], room: _Room) -> dict[int, Fragment]:
    """The key points with a claim to room, by their index; if all are too long, one is cut."""
    rows: dict[int, Fragment] = {}
    _add_points(rows, points, room, POINTS_UNITS)
    if points and not rows:
        best = min(range(len(points)), key=lambda index: points[index].rank)
        rows[best] = plain(f"• {cut_text(points[best].text, CUT_POINT_UNITS)}")
        room.take(rows[best])
    return rows


def _add_points(
    rows: dict[int, Fragment], points: Sequence[Point], room: _Room, allowance: int
) -> None:
    """Add whole key points, the most important first, while there is room for them."""
    for index in sorted(range(len(points)), key=lambda index: points[index].rank):
        row = plain(f"• {points[index].text}")
        if index not in rows and row.units <= allowance and room.take(row):
            rows[index] = row
            allowance -= row.units


def _where(places: Sequence[Place], room: _Room) -> Fragment:
    allowance = PLACES_UNITS
    chosen = []
    for place in places:
        shown = linked(plain(place.name), place.link) + plain(place.suffix)
        spaced = shown + plain("··")
        if spaced.units <= allowance and room.take(spaced):
            chosen.append(shown)
            allowance -= spaced.units
    return _section(bold(WHERE), [joined(chosen, " · ")] if chosen else [])


def _who_said_what(
    voices: Sequence[Voice], points: Sequence[Point], layout: DigestLayout, room: _Room
) -> Fragment:
    """Speakers with their lines, the first above the fold; last, by name, those without lines."""
    if not voices:
        return Fragment()
    quoted, background = _split_background(voices)
    aside = min(ALSO_UNITS, room.units)
    room.units -= aside
    chosen = _choose_lines([_without_told(voice, points) for voice in quoted], room)
    room.units += aside
    told = [item for item in chosen if item.lines]
    silent = [item.voice for item in chosen if not item.lines]
    also = _also([voice.name for voice in (*silent, *background)], room)
    heads = [_head(item) for item in told]
    opened = _count_open(heads, layout.speakers_open)
    tails = [_tail(item) for item in told[:opened]]
    rest = joined((*tails, *map(_block, told[opened:])), "\n")
    heading = bold(WHO_SAID_WHAT) + plain(f" · {len(voices)}")
    if not rest:
        return _section(heading, [*heads, also])
    return _section(heading, [*heads[:opened], folded(joined((rest, also), "\n"))])


def _split_background(voices: Sequence[Voice]) -> tuple[list[Voice], list[Voice]]:
    """Set apart the groups that are not quoted: they stand by name, unless nobody else speaks."""
    is_background = [
        voice.is_group and not any(line.direct for line in voice.lines) for voice in voices
    ]
    if all(is_background):
        return list(voices), []
    pairs = list(zip(voices, is_background, strict=True))
    return [v for v, apart in pairs if not apart], [v for v, apart in pairs if apart]


def _without_told(voice: Voice, points: Sequence[Point]) -> Voice:
    """Leave out reported speech that a key point tells already, while there is something else."""
    lines = tuple(
        line
        for line in voice.lines
        if line.direct or not any(p.start <= line.start and line.end <= p.end for p in points)
    )
    return Voice(voice.name, voice.role, voice.is_group, lines) if lines else voice


def _choose_lines(voices: Sequence[Voice], room: _Room) -> list[_ChosenVoice]:
    """Everybody's first line before anybody's second; quotations first; very long ones last."""
    chosen = [_ChosenVoice(voice, _voice_header(voice)) for voice in voices]
    queue: list[tuple[bool, int, int, int]] = []
    for who, voice in enumerate(voices):
        order = sorted(range(len(voice.lines)), key=lambda at: not voice.lines[at].direct)
        queue += [
            (len(voice.lines[at].text) > LONG_LINE_UNITS, turn, who, at)
            for turn, at in enumerate(order)
        ]
    for _, _, who, at in sorted(queue):
        item = chosen[who]
        row = _row(voices[who].lines[at])
        cost = row + plain("··")
        if not item.lines:
            cost = cost + item.header + _MORE_LINES
        elif len(item.lines) == OPEN_LINES:
            cost = cost + bold(item.voice.name)
        if room.take(cost):
            item.lines[at] = row
    return chosen


def _row(line: Line) -> Fragment:
    """The line, and where the article has an address a mark that leads to its place there."""
    words = plain(str(line))
    return words + plain(" ") + linked(plain(TO_PLACE), line.link) if line.link else words


def _voice_header(voice: Voice) -> Fragment:
    name = bold(voice.name)
    return name + plain(", ") + italic(voice.role) if voice.role else name


def _head(item: _ChosenVoice) -> Fragment:
    """A speaker above the fold: no more lines than one takes in at a glance."""
    first = sorted(list(item.lines)[:OPEN_LINES])
    return _block(item) if len(first) == len(item.lines) else _rows(item, item.header, first)


def _tail(item: _ChosenVoice) -> Fragment:
    """The lines of the same speaker that went below the fold."""
    rest = sorted(list(item.lines)[OPEN_LINES:])
    if not rest:
        return Fragment()
    return _rows(item, bold(item.voice.name), rest) + _missing(item)


def _block(item: _ChosenVoice) -> Fragment:
    return _rows(item, item.header, sorted(item.lines)) + _missing(item)


def _rows(item: _ChosenVoice, header: Fragment, chosen: Sequence[int]) -> Fragment:
    is_one_row = _fits_one_row([item.voice.lines[at] for at in chosen])
    rows = joined([item.lines[at] for at in chosen], " · " if is_one_row else "\n")
    return joined((header, rows), "\n")


def _missing(item: _ChosenVoice) -> Fragment:
    missing = len(item.voice.lines) - len(item.lines)
    return plain(f" · {more(missing)}") if missing else Fragment()


def _fits_one_row(lines: Sequence[Line]) -> bool:
    return all(line.direct for line in lines) and (
        sum(len(line.text) for line in lines) <= ONE_ROW_UNITS
    )


def _also(names: Sequence[str], room: _Room) -> Fragment:
    shown = []
    for name in names[:ALSO_NAMES]:
        piece = plain(name)
        if not room.take(piece + plain("·")):
            break
        shown.append(piece)
    missing = len(names) - len(shown)
    count = plain(more(missing)) if missing else Fragment()
    if not shown:
        return count
    return bold(f"{ALSO}:") + plain(" ") + joined((joined(shown, ", "), count), " ")


def _count_open(blocks: Sequence[Fragment], limit: int) -> int:
    """How many speakers stand above the fold: as many as allowed, while they stay short."""
    units = 0
    for index, block in enumerate(blocks[:limit]):
        units += block.units
        if units > OPEN_UNITS:
            return index
    return min(limit, len(blocks))
