"""Feeds in, editions out: the loops of a running bot that nobody asks for anything."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.config import Config
from bot.context import Services
from bot.outcome import Bells, wait_for_bell
from bot.tidings import Tidings
from newsroom.desk import Desk
from newsroom.editor import Editor
from newsroom.place_chains import PlaceChains
from newsroom.polling import Poller, PollSettings
from summarizer.gazetteer import Gazetteer
from summarizer.models import Location


@dataclass(frozen=True, slots=True)
class NewsSettings:
    """How often feeds are asked, and how late an edition may be (see `config.example.toml`)."""

    poll: timedelta = timedelta(minutes=15)
    give_up: timedelta = timedelta(days=14)
    catch_up: timedelta = timedelta(hours=6)


def news_settings(config: Config) -> NewsSettings:
    feeds, delivery = config.feeds, config.delivery
    return NewsSettings(
        poll=timedelta(seconds=feeds.poll_seconds),
        give_up=timedelta(days=feeds.give_up_days),
        catch_up=timedelta(hours=delivery.catch_up_hours),
    )


class NewsDesk:
    """Polls, digests and composes until it is cancelled; what is followed changes by a bell."""

    def __init__(self, services: Services, settings: NewsSettings, bells: Bells) -> None:
        self._open = ExitStack()
        self._bells = bells
        tidings = Tidings(services)

        def ring() -> None:
            bells.ring("deliveries")

        self.desk = Desk(
            services.database,
            services.fetcher,
            services.digester,
            self._holders(services.gazetteer),
            tell=tidings.tell_entry,
            on_told=ring,
            now=services.now,
        )
        self.poller = Poller(
            services.database,
            services.fetcher,
            services.feed_reader,
            PollSettings(usual=settings.poll, give_up=settings.give_up),
            on_new=self.desk.wake,
            on_trouble=tidings.tell_trouble,
            on_told=ring,
            now=services.now,
        )
        self.editor = Editor(
            services.database,
            services.digester,
            tidings,
            on_told=ring,
            now=services.now,
            max_stories=services.delivery.max_stories,
            catch_up=settings.catch_up,
        )

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as loops:
                for work in (self.poller.run, self.desk.run, self.editor.run, self._listen):
                    loops.create_task(work())
        finally:
            await asyncio.to_thread(self._open.close)

    async def _listen(self) -> None:
        """Look at once what is due whenever something was followed, or a schedule was changed."""
        while True:
            await wait_for_bell(self._bells.subscriptions, None)
            self.poller.wake()
            self.editor.wake()

    def _holders(self, gazetteer: Path | None) -> "PlaceChains | _NoHolders":
        if gazetteer is None:
            return _NoHolders()
        return PlaceChains(self._open.enter_context(Gazetteer(gazetteer)))


class _NoHolders:
    """Without a place list a place is held by nothing but itself."""

    def chain_of(self, location: Location) -> tuple[int, ...]:
        return () if location.geonames_id is None else (location.geonames_id,)
