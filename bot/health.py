"""`nutgraf health`: whether the bot runs and is well. Asks neither it nor Telegram."""

import time
from pathlib import Path

from bot.exits import EXIT_TRY_AGAIN
from storage.database import is_in_use, last_sign_of_life

SILENT_S = 120.0
"""Longer than the bot waits for updates and for an answer that does not come."""


def word_health(database: Path) -> tuple[str, int]:
    """What to print, and the exit code."""
    if not is_in_use(database):
        return f"not running on {database}", EXIT_TRY_AGAIN
    silent = time.time() - last_sign_of_life(database)
    if silent > SILENT_S:
        return f"running, but has heard nothing from Telegram for {silent:.0f} s", EXIT_TRY_AGAIN
    return "running", 0
