"""What handlers use, made from the configuration."""

from bot.access import Access
from bot.backups import backup_plan
from bot.config import Config, gazetteer_path
from bot.context import DeliveryRules, Retention, Services
from bot.fetching import make_fetcher
from bot.follow_rules import FollowRules
from bot.pastes import PasteRules
from bot.render import DigestLayout
from bot.starter_topics import starter_topics
from newsroom.digesting import Digester
from newsroom.polling import ReadsFeeds
from storage.database import Database
from storage.models import Schedule


def make_services(
    config: Config, digester: Digester, database: Database, feed_reader: ReadsFeeds
) -> Services:
    """The services of the bot in Telegram."""
    limits, access = config.limits, config.access
    return Services(
        digester=digester,
        database=database,
        layout=make_layout(config),
        fetcher=make_fetcher(config),
        feed_reader=feed_reader,
        max_text_chars=limits.max_text_chars,
        digests_per_hour=limits.digests_per_hour,
        gazetteer=gazetteer_path(config),
        access=Access(
            mode=access.mode,
            owners=config.telegram.owners,
            users=access.users,
            chats=access.chats,
            invite_codes=access.invite_codes,
        ),
        backups=backup_plan(config),
        paste_rules=PasteRules(limits.paste_join_ms, limits.paste_join_min_chars),
        retention=make_retention(config),
        follow_rules=make_follow_rules(config),
        delivery=make_delivery_rules(config),
        starters=starter_topics(config),
    )


def make_retention(config: Config) -> Retention:
    storage = config.storage
    return Retention(
        storage.keep_articles_days,
        storage.keep_digests_days,
        backup_days=storage.backup_keep if storage.backup_daily_at else 0,
    )


def make_follow_rules(config: Config, *, delivers: bool = True) -> FollowRules:
    return FollowRules(limit=config.limits.follows_per_chat, delivers=delivers)


def make_delivery_rules(config: Config) -> DeliveryRules:
    delivery = config.delivery
    return DeliveryRules(
        schedule=Schedule((delivery.default_time,), zone=delivery.default_timezone),
        quiet_hours=delivery.quiet_hours,
        max_stories=delivery.max_stories,
    )


def make_layout(config: Config) -> DigestLayout:
    return DigestLayout(
        speakers_open=config.digest.speakers_open,
        max_places=config.digest.max_places,
        map_url=config.digest.map_url,
    )
