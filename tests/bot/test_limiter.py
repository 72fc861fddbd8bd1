import asyncio
from typing import Any

from bot.limiter import MESSAGES_PER_SECOND, URGENT_PER_SECOND, Limiter, Slots, Timer, Window
from bot.rates import Rates, SendLimits

LONG_S = 60.0


async def test_only_so_many_run_at_once() -> None:
    slots, running, most = Slots(2, LONG_S), 0, 0

    async def work() -> None:
        nonlocal running, most
        async with slots.slot():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(work() for _ in range(9)))
    assert most == 2


async def test_what_takes_long_holds_up_no_other() -> None:
    slots, goes_on = Slots(1, 0), asyncio.Event()

    async def hang() -> None:
        async with slots.slot():
            await goes_on.wait()

    hanging = asyncio.create_task(hang())
    await asyncio.sleep(0)
    async with slots.slot():
        goes_on.set()
    await hanging


async def test_slot_that_ended_early_is_there_once() -> None:
    slots = Slots(1, 0)
    async with slots.slot(), slots.slot():  # the first is over before the second begins
        pass
    free = [asyncio.create_task(slots._free.acquire()) for _ in range(3)]
    await asyncio.sleep(0)
    assert [task.done() for task in free] == [True, False, False]
    for task in free:
        task.cancel()


async def test_slot_is_free_after_an_error() -> None:
    slots = Slots(1, LONG_S)
    for _ in range(2):
        try:
            async with slots.slot():
                raise OSError("away")
        except OSError:
            continue
    async with slots.slot():
        pass


class Steps:
    """A clock that stands still but for the waits; `answered_after` is what a request takes."""

    def __init__(self) -> None:
        self.now = 1_000.0

    async def sleep(self, seconds: float) -> None:
        self.now = max(self.now, self.now + seconds)

    @property
    def timer(self) -> Timer:
        return Timer(lambda: self.now, self.sleep)


async def test_no_second_sees_more_whenever_within_its_time_a_request_arrives() -> None:
    steps = Steps()
    window = Window(3, steps.timer)
    arrived: list[tuple[float, float]] = []
    for took in (0.0, 0.5, 0.1, 0.7, 0.0, 0.3, 0.0, 0.0, 0.4, 0.2):
        async with window.place():
            sent_at = steps.now
            await steps.sleep(took)
            arrived.append((sent_at, steps.now))
    for earlier, later in zip(arrived, arrived[3:], strict=False):
        assert later[0] >= earlier[1] + 1.0


async def test_place_whose_answer_does_not_come_is_used_again() -> None:
    window, goes_on = Window(1, Steps().timer, hold_s=0), asyncio.Event()

    async def hang() -> None:
        async with window.place():
            await goes_on.wait()

    hanging = asyncio.create_task(hang())
    async with window.place():
        goes_on.set()
    await hanging
    assert len(window._free_at) == 1


async def ask(limiter: Limiter, endpoint: str, answer: Any) -> None:
    await limiter.process_request(answer, (), {}, endpoint, {}, None)


async def test_presses_do_not_wait_for_messages() -> None:
    limiter, goes_on, pressed = Limiter(Rates(SendLimits()), Steps().timer), asyncio.Event(), 0

    async def send() -> None:
        await goes_on.wait()

    async def press() -> None:
        nonlocal pressed
        pressed += 1

    messages = [
        asyncio.create_task(ask(limiter, "sendMessage", send))
        for _ in range(MESSAGES_PER_SECOND * 2)
    ]
    await asyncio.sleep(0)
    for _ in range(URGENT_PER_SECOND):
        await ask(limiter, "answerCallbackQuery", press)
    assert pressed == URGENT_PER_SECOND
    goes_on.set()
    await asyncio.gather(*messages)


async def test_many_presses_at_once_use_the_places_of_messages() -> None:
    steps = Steps()
    limiter = Limiter(Rates(SendLimits()), steps.timer)

    async def press() -> None:
        """Answered at once."""

    for _ in range(MESSAGES_PER_SECOND + URGENT_PER_SECOND):
        await ask(limiter, "answerCallbackQuery", press)
    assert steps.now == 1_000
    await ask(limiter, "answerCallbackQuery", press)
    assert steps.now == 1_001
