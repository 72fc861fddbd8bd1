"""Configuration: one TOML file; every key also as `NUTGRAF_SECTION__KEY`, which wins.

Unknown keys are errors that name the nearest known one. Nobody else reads the environment.
"""

import json
import os
import re
import tomllib
from datetime import time
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from storage.models import QuietHours
from summarizer.models import METHODS

ENV_PREFIX = "NUTGRAF_"
ENV_DELIMITER = "__"
BASE_URL = "https://api.telegram.org"
INVITE_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Telegram takes no other in a link like t.me/BOT?start=CODE."""
MAP_URL = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map={zoom}/{lat}/{lon}"


class ConfigError(Exception):
    """A key that is unknown or has a wrong value; `key` is dotted, or the path of the file."""

    code = "config"

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key
        self.why = why


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _split(value: Any) -> Any:
    """What an environment variable says of a list: its items with commas between, or JSON."""
    if not isinstance(value, str):
        return [value] if isinstance(value, int) else value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [item.strip() for item in value.split(",") if item.strip()]


Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class TelegramConfig(_Section):
    token: SecretStr = SecretStr("")
    token_file: Path | None = None
    base_url: str = BASE_URL
    mode: Literal["polling"] = "polling"
    owners: Ids = ()
    proxy: str = ""

    @field_validator("mode", mode="before")
    @classmethod
    def _refuse_webhook(cls, mode: Any) -> Any:
        if mode == "webhook":
            raise ValueError(
                'webhook is not in this version; use polling: set mode = "polling", '
                "or leave the key out"
            )
        return mode

    @field_validator("base_url")
    @classmethod
    def _check_address(cls, address: str) -> str:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", address):
            raise ValueError("must be the address of a Bot API server, like " + BASE_URL)
        return address


class AccessConfig(_Section):
    mode: Literal["open", "allow", "invite"] = "open"
    users: Ids = ()
    chats: Ids = ()
    invite_codes: Words = ()

    @field_validator("invite_codes")
    @classmethod
    def _refuse_unlinkable_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for number, code in enumerate(codes, start=1):
            if not INVITE_CODE.fullmatch(code):
                raise ValueError(  # without the code: errors are shown and logged
                    f"no link can carry the {number}. code: use 1 to 64 of A-Z a-z 0-9 _ -"
                )
        return codes


class FetchConfig(_Section):
    user_agent: str = Field(default=f"Nutgraf/{version('nutgraf')}", pattern=r"^[\x20-\x7e]+$")
    timeout_s: float = Field(default=15, gt=0)
    max_bytes: int = Field(default=5_000_000, ge=1)
    max_redirects: int = Field(default=5, ge=0, le=20)
    per_host_concurrency: int = Field(default=2, ge=1)
    allow_private_networks: bool = False


class FeedsConfig(_Section):
    poll_seconds: float = Field(default=900, ge=1)
    give_up_days: float = Field(default=14, gt=0)


def _read_quiet_hours(value: Any) -> Any:
    """Two clock times with a dash between; nothing is none."""
    if not isinstance(value, str):
        return value
    start, dash, end = (value.strip() or "00:00-00:00").partition("-")
    try:
        hours = QuietHours(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        dash = ""
    if not dash:
        raise ValueError('must be two clock times, like "22:00-07:00", or empty')
    return hours


class DeliveryConfig(_Section):
    default_time: time = time(7, 30)
    default_timezone: str = "UTC"
    quiet_hours: Annotated[QuietHours, NoDecode, BeforeValidator(_read_quiet_hours)] = QuietHours(
        time(22), time(7)
    )
    max_stories: int = Field(default=7, ge=1, le=20)
    catch_up_hours: float = Field(default=6, ge=0)

    @field_validator("default_timezone")
    @classmethod
    def _check_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("must be an IANA time zone, like Europe/Kyiv")
        return zone


class DigestConfig(_Section):
    model: str = ""
    method: str = Field(default="nutgraf", pattern=f"^({'|'.join(METHODS)})$")
    workers: int = Field(default=1, ge=1, le=64)
    timeout_s: float = Field(default=20, gt=0)
    key_points: int = Field(default=7, ge=1, le=20)
    speakers_open: int = Field(default=4, ge=0)
    max_places: int = Field(default=8, ge=0)
    map_url: str = MAP_URL
    gazetteer: Path | None = None


class LimitsConfig(_Section):
    digests_per_hour: int = Field(default=20, ge=1)
    follows_per_chat: int = Field(default=50, ge=1)
    max_text_chars: int = Field(default=200_000, ge=1)
    paste_join_ms: int = Field(default=1_200, ge=0, le=60_000)
    paste_join_min_chars: int = Field(default=2_000, ge=1)
    group_messages_per_minute: int = Field(default=18, ge=1, le=20)


class StorageConfig(_Section):
    url: str = ""
    backup_dir: Path | None = None
    backup_daily_at: str = Field(default="03:30", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    backup_keep: int = Field(default=7, ge=1)
    keep_articles_days: int = Field(default=30, ge=1, le=36_500)
    keep_digests_days: int = Field(default=365, ge=1, le=36_500)


class TopicConfig(_Section):
    """A starter topic: each of `words` is a topic as it is typed after /subscribe."""

    name: str = Field(min_length=1, max_length=60)
    words: Words = ()
    exclude: Words = ()
    feeds: Words = ()


class LogConfig(_Section):
    level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    format: Literal["text", "json"] = "text"


class Config(BaseSettings):
    """All settings, validated; the defaults need no file."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_DELIMITER,
        extra="forbid",
        frozen=True,
    )
    telegram: TelegramConfig = TelegramConfig()
    access: AccessConfig = AccessConfig()
    fetch: FetchConfig = FetchConfig()
    feeds: FeedsConfig = FeedsConfig()
    delivery: DeliveryConfig = DeliveryConfig()
    digest: DigestConfig = DigestConfig()
    limits: LimitsConfig = LimitsConfig()
    storage: StorageConfig = StorageConfig()
    topics: tuple[TopicConfig, ...] = ()
    log: LogConfig = LogConfig()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


def load_config(path: Path | None = None) -> Config:
    """Read the file, if one is given, under the environment; raises ConfigError.

    Relative paths in the file are relative to its folder.
    """
    values = _read_toml(path) if path is not None else {}
    _refuse_unknown_variables()
    try:
        config = Config(**values)
    except ValidationError as exc:
        raise _config_error(exc) from None  # pydantic would tell the value, perhaps the token
    except SettingsError as exc:
        raise ConfigError(str(path or ENV_PREFIX), "has a value that cannot be read") from exc
    return config if path is None else _anchor_paths(config, path.parent)


def wants_plain_terminal() -> bool:
    """Whether the environment asks for a terminal without styles: NO_COLOR, or TERM=dumb."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def user_file(name: str) -> Path:
    """A file in the user's data folder, which is created when first needed."""
    return platformdirs.user_data_path("nutgraf", appauthor=False) / name


def gazetteer_path(config: Config) -> Path:
    return config.digest.gazetteer or user_file("gazetteer.sqlite")


def storage_url(config: Config) -> str:
    return config.storage.url or f"sqlite:///{user_file('nutgraf.db')}"


def read_token(config: Config) -> str:
    """The bot's token, from the configuration or from the file that it names."""
    telegram = config.telegram
    token = telegram.token.get_secret_value().strip()
    if not token and telegram.token_file is not None:
        try:
            token = telegram.token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            why = getattr(exc, "strerror", None) or "is not UTF-8"
            raise ConfigError("telegram.token_file", f"cannot be read ({why})") from exc
    if not token:
        raise ConfigError(
            "telegram.token",
            "is missing; get one from @BotFather and set it here, as NUTGRAF_TELEGRAM__TOKEN, "
            "or in the file named by telegram.token_file",
        )
    return token


def api_root(config: Config) -> str:
    """The root of the Bot API server: without the slash or the /bot that may follow it."""
    return config.telegram.base_url.rstrip("/").removesuffix("/bot").rstrip("/")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise ConfigError(str(path), f"cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(str(path), "is not UTF-8") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(str(path), f"is not TOML: {exc}") from exc


def _refuse_unknown_variables() -> None:
    """pydantic-settings passes over variables that match no field; a typing slip must not."""
    for variable in os.environ:
        name = variable.upper()
        if name.startswith(ENV_PREFIX) and ENV_DELIMITER in name:
            section, _, key = name.removeprefix(ENV_PREFIX).lower().partition(ENV_DELIMITER)
            if f"{section}.{key}" not in _known_keys():
                raise ConfigError(variable, _unknown(f"{section}.{key}"))


def _known_keys() -> tuple[str, ...]:
    return tuple(
        f"{section}.{key}"
        for section, field in Config.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    )


def _unknown(key: str) -> str:
    sections = tuple(Config.model_fields)
    nearest = get_close_matches(key, (*_known_keys(), *sections), n=1, cutoff=0.5)
    return "is not a key of this version" + (f"; did you mean {nearest[0]}?" if nearest else "")


def _config_error(error: ValidationError) -> ConfigError:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return ConfigError(key, _unknown(key))
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(key, message[:1].lower() + message[1:])


def _anchor_paths(config: Config, folder: Path) -> Config:
    config = _anchor(config, "digest", gazetteer=config.digest.gazetteer, folder=folder)
    config = _anchor(config, "telegram", token_file=config.telegram.token_file, folder=folder)
    config = _anchor(config, "storage", backup_dir=config.storage.backup_dir, folder=folder)
    url = config.storage.url
    relative = url.startswith("sqlite:///") and not url.startswith(("sqlite:////", "sqlite:///:"))
    if relative:
        anchored = (folder / url.removeprefix("sqlite:///")).resolve()
        storage = config.storage.model_copy(update={"url": f"sqlite:///{anchored}"})
        config = config.model_copy(update={"storage": storage})
    return config


def _anchor(config: Config, section: str, *, folder: Path, **paths: Path | None) -> Config:
    """Make the paths of a section relative to the folder; joining leaves absolute ones alone."""
    anchored = {key: folder / path for key, path in paths.items() if path is not None}
    changed = getattr(config, section).model_copy(update=anchored)
    return config.model_copy(update={section: changed})
