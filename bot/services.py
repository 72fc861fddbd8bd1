"""What handlers use, made from the configuration."""

from bot.access import Access
from bot.config import Config, gazetteer_path
from bot.context import DeliveryRules, Services
from bot.fetching import make_fetcher
from bot.pastes import PasteRules
from bot.render import DigestLayout
from newsroom.digesting import Digester
from storage.database import Database
from storage.models import Schedule


def make_services(config: Config, digester: Digester, database: Database) -> Services:
    """The services of the bot in Telegram."""
    limits, access = config.limits, config.access
    return Services(
        digester=digester,
        database=database,
        layout=make_layout(config),
        fetcher=make_fetcher(config),
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
        paste_rules=PasteRules(limits.paste_join_ms, limits.paste_join_min_chars),
        delivery=make_delivery_rules(config),
    )


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
