"""The fetcher as it is configured; imports neither Telegram nor a database."""

from bot.config import Config
from fetcher.http import Fetcher, FetchSettings


def make_fetcher(config: Config) -> Fetcher:
    return Fetcher(FetchSettings(**config.fetch.model_dump()))
