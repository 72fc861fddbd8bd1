"""What is new of the topics that a chat follows, as stories, each told once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from newsroom.editions import Edition, compose_edition
from newsroom.errors import NewsroomError
from newsroom.stories import Story, StoryArticle, group_stories, tell_story
from storage.database import Connection, Database
from storage.digests import StoredDigest, list_digests
from storage.editions import EditionStory
from storage.matches import close_matches, list_told_digests, list_untold_matches
from storage.subscriptions import find_last_told

MAX_ARTICLES = 300
"""Of more the newest are told, and the others are let go."""
REMEMBERED = timedelta(days=3)
"""For so long a told story can go on, and only what is new in it is told."""
MAX_REMEMBERED = 200

T = TypeVar("T")


class Overtaken(NewsroomError):
    """Another edition has told meanwhile what was gathered: it is to be gathered anew."""

    code = "news_overtaken"


class Runs(Protocol):
    """Runs what is heavy in a worker process (see `newsroom.digesting`)."""

    async def run(self, function: Callable[..., T], *args: Any) -> T: ...


@dataclass(frozen=True, slots=True)
class News:
    """An edition with the digests that its stories are told from, by their ids as text.

    `gathered_at` is when they were looked up: what has come since is for the next edition.
    `last_told` is when anything of the same subscriptions was told before.
    """

    edition: Edition
    digests: Mapping[str, StoredDigest]
    subscription_ids: tuple[int, ...]
    gathered_at: datetime
    last_told: datetime | None = None

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """The digests of each story, as they are kept."""
        return tuple(
            EditionStory(
                new=tuple(
                    sorted(map(int, story.new_ids), key=lambda id_: str(id_) != story.title_id)
                ),
                told=tuple(int(id_) for id_ in story.ids if id_ not in story.new_ids),
            )
            for story in (*self.edition.stories, *self.edition.more)
        )


async def gather_news(
    database: Database,
    runner: Runs,
    subscription_ids: Sequence[int],
    *,
    now: datetime,
    max_stories: int,
) -> News | None:
    """What is new of subscriptions since it was last told; None where nothing is."""
    digests, told, last_told = await database.query(
        partial(_list_digests, subscription_ids=subscription_ids, now=now)
    )
    if len(told) == len(digests):
        return None
    articles = [StoryArticle(str(stored.id), stored.digest) for stored in digests]
    edition = await runner.run(_compose, articles, told, max_stories)
    if edition is None:
        return None
    by_id = {str(stored.id): stored for stored in digests}
    return News(edition, by_id, tuple(subscription_ids), now, last_told)


async def close_news(conn: Connection, news: News, *, told_at: datetime) -> None:
    """Let no later edition tell this; raises Overtaken where another one has told some of it."""
    closed = await close_matches(
        conn, news.subscription_ids, until=news.gathered_at, told_at=told_at
    )
    if not {int(id_) for id_ in news.edition.told_ids} <= closed:
        raise Overtaken


async def recall_stories(
    conn: Connection, stories: Sequence[EditionStory]
) -> tuple[tuple[Story, ...], dict[str, StoredDigest]]:
    """Stories of an earlier edition as it told them, as far as their digests are still kept."""
    kept = await list_digests(conn, {id_ for story in stories for id_ in (*story.new, *story.told)})
    digests = {stored.id: stored for stored in kept}
    recalled = []
    for story in stories:
        articles = [
            StoryArticle(str(id_), digests[id_].digest)
            for id_ in (*story.told, *story.new)
            if id_ in digests
        ]
        if any(id_ in digests for id_ in story.new):
            recalled.append(tell_story(articles, told=frozenset(map(str, story.told))))
    return tuple(recalled), {str(id_): stored for id_, stored in digests.items()}


async def _list_digests(
    conn: Connection, *, subscription_ids: Sequence[int], now: datetime
) -> tuple[tuple[StoredDigest, ...], frozenset[str], datetime | None]:
    """The digests that are new and those that were told lately, the ids of the latter, and when."""
    untold = await list_untold_matches(conn, subscription_ids, limit=MAX_ARTICLES)
    if not untold:
        return (), frozenset(), None
    new = {match.digest_id for match in untold}
    told = await list_told_digests(conn, subscription_ids, since=now - REMEMBERED)
    told = tuple(id_ for id_ in told if id_ not in new)[-MAX_REMEMBERED:]
    digests = await list_digests(conn, {*told, *new})
    return digests, frozenset(map(str, told)), await find_last_told(conn, subscription_ids)


def _compose(
    articles: Sequence[StoryArticle], told: Collection[str], max_stories: int
) -> Edition | None:
    return compose_edition(group_stories(articles, told=told), max_stories=max_stories)
