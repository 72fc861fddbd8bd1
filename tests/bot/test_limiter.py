import asyncio

from bot.limiter import Slots

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
