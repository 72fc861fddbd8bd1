"""The public JSON of a story (contract: section 1 of the design): spans name their articles."""

from collections.abc import Mapping
from typing import Any

from newsroom.stories import Story, StoryLocation, StorySpeaker, StoryStatement
from summarizer.models import KeyPoint, Mention, Statement


def story_to_dict(story: Story, *, cluster: int, ids: Mapping[str, object]) -> dict[str, Any]:
    """The story as JSON-ready objects; `ids` are what its articles are called outside."""
    return {
        "cluster": cluster,
        "ids": [ids[article_id] for article_id in story.ids],
        "title": story.title,
        "key_points": [
            {"id": ids[point.article_id], **_span_to_dict(point.point), "rank": rank}
            for rank, point in enumerate(story.key_points, start=1)
        ],
        "speakers": [_speaker_to_dict(speaker, ids) for speaker in story.speakers],
        "locations": [_location_to_dict(location, ids) for location in story.locations],
    }


def _span_to_dict(part: KeyPoint | Statement | Mention) -> dict[str, Any]:
    return {"text": part.text, "start": part.start, "end": part.end}


def _speaker_to_dict(speaker: StorySpeaker, ids: Mapping[str, object]) -> dict[str, Any]:
    return {
        "name": speaker.name,
        "role": speaker.role,
        "kind": speaker.kind,
        "statements": [_statement_to_dict(stated, ids) for stated in speaker.statements],
    }


def _statement_to_dict(stated: StoryStatement, ids: Mapping[str, object]) -> dict[str, Any]:
    statement = stated.statement
    return {
        "id": ids[stated.article_id],
        **_span_to_dict(statement),
        "verb": statement.verb,
        "direct": statement.direct,
        "mention": {"id": ids[stated.article_id], **_span_to_dict(statement.mention)},
    }


def _location_to_dict(found: StoryLocation, ids: Mapping[str, object]) -> dict[str, Any]:
    location = found.location
    return {
        "name": location.name,
        "kind": location.kind,
        "country_code": location.country_code,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "geonames_id": location.geonames_id,
        "exact": location.exact,
        "salience": location.salience,
        "mentions": [
            {"id": ids[mention.article_id], "start": mention.span.start, "end": mention.span.end}
            for mention in found.mentions
        ],
    }
