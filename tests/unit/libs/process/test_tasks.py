import asyncio
import contextlib

from libs.process.tasks import running


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            swallowed += 1
        await asyncio.Event().wait()

    async with asyncio.timeout(5), running([stubborn()], patience=0.01):
        await asyncio.sleep(0)
    assert swallowed == 2


async def test_a_task_may_finish_its_way_out() -> None:
    left = []

    async def orderly() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            left.append("orderly")

    async with running([orderly()]):
        await asyncio.sleep(0)
    assert left == ["orderly"]
