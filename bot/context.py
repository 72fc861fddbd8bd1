"""What handlers are given besides the update."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Protocol, TypeVar

from telegram.ext import CallbackContext, ExtBot

from bot.access import Access
from bot.admins import Admins
from bot.backups import BackupPlan
from bot.follow_rules import FollowRules
from bot.pastes import PasteRules
from bot.render import DigestLayout
from bot.starter_topics import StarterTopic
from newsroom.pages import Fetches, Reads
from newsroom.polling import ReadsFeeds
from newsroom.slots import is_quiet
from storage.database import Database
from storage.models import QuietHours, Schedule
from summarizer.language import MAX_ANALYSED_CHARS
from summarizer.models import Article, Digest

T = TypeVar("T")


class DigestsArticles(Reads, Protocol):
    """Reads pages, makes digests, and runs what else is heavy (see `newsroom.digesting`).

    `method` is what the digests will state as theirs; another `revision` may make others of it.
    """

    @property
    def method(self) -> str: ...

    @property
    def revision(self) -> str: ...

    async def read_file(
        self, body: bytes, /, *, name: str | None, content_type: str | None
    ) -> Article: ...

    async def digest(self, article: Article) -> Digest: ...

    async def run(self, function: Callable[..., T], *args: Any) -> T: ...


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days, from the last time it was asked for, a text and its digest are kept.

    Daily backups are kept for so many days, and with them what was erased; 0 where there are none.
    """

    article_days: int = 30
    digest_days: int = 365
    backup_days: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """When chats are told and how much, where they have not chosen otherwise."""

    schedule: Schedule = Schedule((time(7, 30),))  # noqa: RUF009 - frozen
    quiet_hours: QuietHours = QuietHours(time(22), time(7))  # noqa: RUF009 - frozen
    max_stories: int = 7

    def is_quiet(self, zone: str, at: datetime) -> bool:
        """Whether what nobody asked for comes without a sound at an instant."""
        return is_quiet(self.quiet_hours, zone, at)


@dataclass(frozen=True, slots=True)
class Services:
    """All that handlers use of the rest of the program; whoever made the parts ends them.

    Without a place list (`gazetteer`) maps show no towns but those of the story.
    """

    digester: DigestsArticles
    database: Database
    layout: DigestLayout
    fetcher: Fetches
    feed_reader: ReadsFeeds
    max_text_chars: int = MAX_ANALYSED_CHARS
    digests_per_hour: int | None = None
    gazetteer: Path | None = None
    access: Access = Access()  # noqa: RUF009 - frozen
    paste_rules: PasteRules = PasteRules()  # noqa: RUF009 - frozen
    backups: BackupPlan | None = None
    retention: Retention = Retention()
    follow_rules: FollowRules = FollowRules()  # noqa: RUF009 - frozen
    starters: tuple[StarterTopic, ...] = ()
    admins: Admins = field(default_factory=Admins)
    delivery: DeliveryRules = DeliveryRules()
    now: Callable[[], datetime] = utc_now


class NutgrafContext(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Services]):
    """A CallbackContext whose application carries the services."""

    @property
    def services(self) -> Services:
        return self.bot_data
