import pytest

from bot.config import Config, StorageConfig
from bot.services import make_retention


@pytest.mark.parametrize(("daily_at", "days"), [("03:30", 9), ("", 0)])
def test_erased_is_said_to_stay_in_copies_as_long_as_they_are_kept(
    daily_at: str, days: int
) -> None:
    storage = StorageConfig(backup_daily_at=daily_at, backup_keep=9, keep_digests_days=20)
    retention = make_retention(Config(storage=storage))
    assert (retention.backup_days, retention.digest_days) == (days, 20)
