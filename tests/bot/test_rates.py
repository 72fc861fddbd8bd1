from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from bot.rates import Rates, SendLimits

LIMITS = SendLimits()


@dataclass
class Sending:
    """Messages sent as early as the rates allow, by a clock that jumps over each wait."""

    rates: Rates = field(default_factory=lambda: Rates(LIMITS))
    now: float = 1_000.0
    sent: list[tuple[float, int]] = field(default_factory=list)

    def send(self, chat_id: int) -> float:
        while (wait := self.rates.wait_of_chat(chat_id, self.now)) > 0:
            self.now += wait
        self.rates.take(chat_id, self.now)
        self.sent.append((self.now, chat_id))
        return self.now

    def most_within(self, seconds: float, chat_id: int | None = None) -> int:
        times = [at for at, chat in self.sent if chat_id in (None, chat)]
        return max(sum(start <= at < start + seconds for at in times) for start in times)


def test_private_chat_gets_three_at_once_and_then_one_a_second() -> None:
    sending = Sending()
    waits = [sending.send(1) - 1_000 for _ in range(6)]
    assert [round(wait, 3) for wait in waits] == [0, 0, 0, 1, 2, 3]


def test_group_gets_so_many_a_minute_and_the_rest_later() -> None:
    sending = Sending(Rates(SendLimits(group_per_minute=6)))
    waits = [sending.send(-1) - 1_000 for _ in range(8)]
    assert waits[:6] == [0] * 6
    assert waits[6:] == [60, 60]


def test_a_chat_that_must_wait_holds_up_no_other() -> None:
    rates = Rates(LIMITS)
    rates.hold(1, 30, now=0)
    assert rates.wait_of_chat(1, 10) == 20
    assert rates.is_held(1, 29)
    assert not rates.is_held(1, 30)
    assert rates.wait_of_chat(2, 10) == 0


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    rates = Rates(LIMITS)
    rates.hold(-1, 30, now=0)
    rates.hold(-1, 1, now=0)
    assert rates.wait_of_chat(-1, 10) == 20


def test_chats_that_are_long_silent_are_forgotten() -> None:
    rates = Rates(LIMITS)
    for chat_id in range(1, 30_001):
        rates.take(chat_id, chat_id * 1.0)
    assert len(rates._chats) <= 20_000


@given(st.lists(st.sampled_from([1, 2, 3, -4, -5]) | st.integers(6, 60), max_size=200))
def test_limits_hold_whatever_is_sent(chats: list[int]) -> None:
    sending = Sending(Rates(SendLimits(group_per_minute=5)))
    for chat_id in chats:
        sending.send(chat_id)
    if not chats:
        return
    for chat_id in set(chats):
        if chat_id < 0:
            assert sending.most_within(59.999, chat_id) <= 5
        else:
            assert sending.most_within(0.998, chat_id) <= 4
            assert sending.most_within(9.998, chat_id) <= 13
