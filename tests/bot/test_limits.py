from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DigestLimitReached
from bot.limits import WINDOW, check_digest_limit, count_digest, next_possible, render_limit
from storage.database import Database
from support.telegram_html import check_limits, read_message

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)


def minutes(*numbers: int) -> list[datetime]:
    return [NOW + timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize(
    ("asked", "limit", "expected"),
    [
        ([], 1, None),
        ([0], 2, None),
        ([0], 1, 60),
        ([0, 10, 20], 3, 60),
        ([0, 10, 20], 2, 70),  # the limit was lowered meanwhile
    ],
)
def test_next_digest_is_possible_an_hour_after_one_of_the_last(
    asked: list[int], limit: int, expected: int | None
) -> None:
    found = next_possible(minutes(*asked), limit=limit)
    assert found == (None if expected is None else minutes(expected)[0])


@given(asked=st.lists(st.integers(0, 59), max_size=30).map(sorted), limit=st.integers(1, 30))
def test_at_the_named_time_the_limit_is_free_again(asked: list[int], limit: int) -> None:
    moments = minutes(*asked)
    when = next_possible(moments, limit=limit)
    if when is None:
        assert len(asked) < limit
    else:
        assert sum(moment > when - WINDOW for moment in moments) < limit


async def test_limit_is_that_of_the_chat_and_of_the_hour(database: Database) -> None:
    async def ask(moment: datetime, *, chat_id: int = 1, limit: int | None = 2) -> None:
        async with database.begin() as conn:
            await check_digest_limit(conn, chat_id=chat_id, limit=limit, now=moment)
            await count_digest(conn, chat_id=chat_id, now=moment)

    first, second, third, fourth = minutes(0, 1, 2, 60)
    await ask(first)
    await ask(second)
    with pytest.raises(DigestLimitReached) as caught:
        await ask(third)
    assert (caught.value.limit, caught.value.next_at) == (2, first + WINDOW)
    await ask(third, chat_id=2)
    await ask(third, chat_id=3, limit=None)
    await ask(fourth)


def test_limit_is_told_with_the_time_in_the_zone_of_the_reader() -> None:
    html = render_limit(DigestLimitReached(20, NOW))
    assert html == (
        '20 digests this hour; the next one at <tg-time unix="1934271000" format="Dt">'
        "18 April 2031, 09:30 UTC</tg-time>."
    )
    check_limits(read_message(html))
