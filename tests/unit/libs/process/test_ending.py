"""The end is heard before the server waits, and the signal does what it did before."""

import asyncio
import signal
from types import FrameType

from libs.process.ending import on_termination


async def test_the_loop_hears_of_it_and_the_signal_goes_on() -> None:
    heard, went_on = asyncio.Event(), list[int]()

    def server(number: int, _: FrameType | None) -> None:
        went_on.append(number)

    before = signal.signal(signal.SIGTERM, server)
    try:
        with on_termination(heard.set):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(heard.wait(), 5)
        assert went_on == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is server
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_handler_that_came_later_stays() -> None:
    def later(number: int, frame: FrameType | None) -> None:
        """Stand for whoever listens after us."""

    before = signal.getsignal(signal.SIGTERM)
    try:
        with on_termination(lambda: None):
            signal.signal(signal.SIGTERM, later)
        assert signal.getsignal(signal.SIGTERM) is later
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_outside_of_the_main_thread_nothing_is_changed() -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def inside() -> bool:
        with on_termination(lambda: None):
            return signal.getsignal(signal.SIGTERM) is before

    assert await asyncio.to_thread(lambda: asyncio.run(inside()))
