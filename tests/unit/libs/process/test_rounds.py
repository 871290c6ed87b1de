"""Work comes round: again after an outage, never again after a fault of our own."""

import asyncio

import pytest

from libs.process.rounds import in_rounds


class Work:
    """Raises what it is given, one after the other, and stops the rounds at the end."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.rounds = list(errors), 0

    async def __call__(self) -> None:
        self.rounds += 1
        if self.errors:
            raise self.errors.pop(0)
        if self.rounds > 3:
            raise asyncio.CancelledError


async def test_an_outage_is_waited_for() -> None:
    work = Work(ConnectionRefusedError(), TimeoutError())
    with pytest.raises(asyncio.CancelledError):
        await in_rounds("work", work, rest=0)
    assert work.rounds == 4


async def test_a_fault_of_our_own_ends_the_rounds() -> None:
    work = Work(ConnectionRefusedError(), KeyError("ours"))
    with pytest.raises(KeyError):
        await in_rounds("work", work, rest=0)
    assert work.rounds == 2
