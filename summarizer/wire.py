"""The public JSON of a digest, in one place (contract: section 2 of the design)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from summarizer.models import (
    Article,
    Digest,
    KeyPoint,
    Location,
    Mention,
    Span,
    Speaker,
    Statement,
)


def article_key(article: Article) -> str:
    """A key that equal submissions share: 16 hexadecimal digits over text, title, address, source.

    Where an article was found is part of it: who sends the same text from elsewhere, or from
    nowhere, must not be told of a source that another one named, nor be led to an address at which
    another one put it.
    """
    key = _sha256(f"{article.title or ''}\x00{article.text}")
    for found_at in filter(None, (article.url, article.source)):
        key = _sha256(f"{key} {found_at}")
    return key[:16]


def digest_to_dict(digest: Digest, *, digest_id: object = None) -> dict[str, Any]:
    """The digest as JSON-ready objects; `digest_id` defaults to the key of its article."""
    article = digest.article
    return {
        "id": article_key(article) if digest_id is None else digest_id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "authors": list(article.authors),
        "published": article.published,
        "language": article.language,
        "text": article.text,
        "method": digest.method,
        "key_points": [
            {"text": p.text, "start": p.start, "end": p.end, "rank": p.rank}
            for p in digest.key_points
        ],
        "speakers": [_speaker_to_dict(speaker) for speaker in digest.speakers],
        "locations": [_location_to_dict(location) for location in digest.locations],
        "boilerplate": [[span.start, span.end] for span in digest.boilerplate],
    }


def digest_from_dict(data: Mapping[str, Any]) -> Digest:
    """The inverse of `digest_to_dict`; the id is not part of a Digest."""
    article = Article(
        text=data["text"],
        title=data["title"],
        url=data["url"],
        source=data["source"],
        authors=tuple(data["authors"]),
        published=data["published"],
        language=data["language"],
    )
    return Digest(
        article=article,
        method=data["method"],
        key_points=tuple(KeyPoint(**point) for point in data["key_points"]),
        speakers=tuple(_speaker_from_dict(speaker) for speaker in data["speakers"]),
        locations=tuple(_location_from_dict(location) for location in data["locations"]),
        boilerplate=tuple(Span(start, end) for start, end in data["boilerplate"]),
    )


def to_json(value: Mapping[str, Any], *, default: Callable[[Any], object] | None = None) -> str:
    """One line of JSON that can be written as UTF-8, whatever code points the text holds.

    `default` words what JSON has no form for.
    """
    line = json.dumps(value, ensure_ascii=False, default=default)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates survive only as escapes
        return json.dumps(value, ensure_ascii=True, default=default)
    return line


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _speaker_to_dict(speaker: Speaker) -> dict[str, Any]:
    return {
        "name": speaker.name,
        "role": speaker.role,
        "kind": speaker.kind,
        "statements": [
            {
                "text": s.text,
                "start": s.start,
                "end": s.end,
                "verb": s.verb,
                "direct": s.direct,
                "mention": {
                    "text": s.mention.text,
                    "start": s.mention.start,
                    "end": s.mention.end,
                },
            }
            for s in speaker.statements
        ],
    }


def _speaker_from_dict(data: Mapping[str, Any]) -> Speaker:
    statements = tuple(
        Statement(**{**statement, "mention": Mention(**statement["mention"])})
        for statement in data["statements"]
    )
    return Speaker(data["name"], data["role"], data["kind"], statements)


def _location_to_dict(location: Location) -> dict[str, Any]:
    return {
        "name": location.name,
        "kind": location.kind,
        "country_code": location.country_code,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "geonames_id": location.geonames_id,
        "exact": location.exact,
        "salience": location.salience,
        "mentions": [[span.start, span.end] for span in location.mentions],
    }


def _location_from_dict(data: Mapping[str, Any]) -> Location:
    mentions = tuple(Span(start, end) for start, end in data["mentions"])
    return Location(**{**data, "mentions": mentions})
