"""A digest as a complete web page: no scripts, nothing loaded from elsewhere, nothing left out."""

from html import escape

from bot.config import MAP_URL
from bot.outline import TO_PLACE, Line, Outline, Place, Voice, outline_digest
from bot.texts import KEY_POINTS, NOTHING_FOUND, WHERE, WHO_SAID_WHAT
from summarizer.models import Digest

_STYLE = """\
:root { color-scheme: light dark; }
body { max-width: 40rem; margin: 2.5rem auto; padding: 0 1.25rem;
  font: 1.0625rem/1.55 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.0625rem; margin: 2.2rem 0 .7rem; }
h2 small, .dateline, .role { opacity: .7; font-weight: normal; font-size: 1em; }
.dateline { margin: 0; }
ul { padding-left: 1.1rem; }
li { margin: .5rem 0; }
dt { margin-top: 1.1rem; }
.role { font-style: italic; }
dd { margin: .2rem 0 0; }"""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>"""


def render_page(digest: Digest, *, map_url: str = MAP_URL) -> str:
    """The whole digest as HTML5 that stands on its own."""
    outline = outline_digest(digest, map_url)
    parts = [*_header(outline), *_points(outline), *_voices(outline), *_places(outline)]
    return _PAGE.format(
        title=escape(outline.title) or "Digest",
        style=_STYLE,
        body="\n".join(parts) or f"<p>{escape(NOTHING_FOUND)}</p>",
    )


def _header(outline: Outline) -> list[str]:
    parts = []
    if outline.title:
        parts.append(f"<h1>{_link(outline.title, outline.link)}</h1>")
    if outline.dateline:
        parts.append(f'<p class="dateline">{escape(outline.dateline)}</p>')
    return parts


def _link(text: str, url: str | None) -> str:
    if url is None:
        return escape(text)
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(text)}</a>'


def _points(outline: Outline) -> list[str]:
    if not outline.points:
        return []
    items = [f"<li>{escape(point.text)}</li>" for point in outline.points]
    return [f"<h2>{KEY_POINTS}</h2>", "<ul>", *items, "</ul>"]


def _voices(outline: Outline) -> list[str]:
    if not outline.voices:
        return []
    entries = [row for voice in outline.voices for row in _voice(voice)]
    heading = f"<h2>{WHO_SAID_WHAT} <small>· {len(outline.voices)}</small></h2>"
    return [heading, "<dl>", *entries, "</dl>"]


def _voice(voice: Voice) -> list[str]:
    role = f', <span class="role">{escape(voice.role)}</span>' if voice.role else ""
    return [f"<dt><strong>{escape(voice.name)}</strong>{role}</dt>", *map(_line, voice.lines)]


def _line(line: Line) -> str:
    to_place = f" {_link(TO_PLACE, line.link)}" if line.link else ""
    return f"<dd>{escape(str(line))}{to_place}</dd>"


def _places(outline: Outline) -> list[str]:
    if not outline.places:
        return []
    return [f"<h2>{WHERE}</h2>", f"<p>{' · '.join(map(_place, outline.places))}</p>"]


def _place(place: Place) -> str:
    return _link(place.name, place.link) + escape(place.suffix)
