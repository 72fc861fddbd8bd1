"""Copies of the database while the bot runs: when one is due, where it goes, which are kept."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.config import Config, storage_url
from storage.backups import copy_name, drop_old_copies, list_copies
from storage.database import COPIES_FOLDER, Database, database_file
from storage.errors import BackupFailed, UnsupportedDatabase


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Copies go to the folder, daily at a time (UTC) or only when asked for.

    `keep` of them stay, and those of earlier schemas for as many days.
    """

    folder: Path
    daily_at: time | None = None
    keep: int = 7

    def is_due(self, database: Path, now: datetime) -> bool:
        """Whether no copy was made since the last time at which one should have been."""
        if self.daily_at is None:
            return False
        slot = datetime.combine(now.date(), self.daily_at, now.tzinfo)
        if slot > now:
            slot -= timedelta(days=1)
        return not any(slot <= at <= now for at, _ in list_copies(self.folder, database))


def backup_plan(config: Config) -> BackupPlan | None:
    """Where copies of the database go, and when; None for a database that is no file."""
    storage = config.storage
    try:
        file = database_file(storage_url(config))
    except UnsupportedDatabase:
        return None
    at = time.fromisoformat(storage.backup_daily_at) if storage.backup_daily_at else None
    folder = storage.backup_dir or file.parent / COPIES_FOLDER
    return BackupPlan(folder, daily_at=at, keep=storage.backup_keep)


async def make_copy(database: Database, plan: BackupPlan, now: datetime) -> tuple[Path, int]:
    """Make a copy named by the time; gives its path and size in bytes."""
    target = plan.folder / copy_name(database.file, now)
    return target, await database.copy(target, replace=True)


async def make_daily_copy(database: Database, plan: BackupPlan, now: datetime) -> tuple[Path, int]:
    """Make a copy and let the oldest go; gives its path and size in bytes."""
    made = await make_copy(database, plan, now)
    try:
        await asyncio.to_thread(
            drop_old_copies,
            plan.folder,
            database.file,
            keep=plan.keep,
            now=now,
            schemas_before=now - timedelta(days=plan.keep),
        )
    except OSError as exc:
        raise BackupFailed(str(plan.folder), exc.strerror or type(exc).__name__) from exc
    return made
