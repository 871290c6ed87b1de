"""Whatever dies behind the gateway: boards go on or say when to come back, and show the same again by themselves."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.eventually import eventually
from tests.support.people import OWN, Programme, enrol, make_programme
from tests.support.stack import RunningStack

CROWD = [("reaction", f"person {n}") for n in range(5)]
PAUSE_SECONDS = 0.02


@pytest.fixture(scope="module")
async def programme(stack: RunningStack) -> Programme:
    programme = await make_programme(stack)
    author = await enrol(programme, "Hana")
    share = await author.share(OWN.replace("Marie", "Hana"), at=datetime.now(UTC) - timedelta(hours=30))
    await programme.interact(share["id"], *CROWD, at=datetime.now(UTC) - timedelta(hours=20))
    await programme.shows("Hana", above=2.1)  # more than the post alone is worth
    return programme


class Reader:
    """Somebody who reads a board all the time; `odd` are the answers that are neither rows nor a promise of them."""

    def __init__(self, programme: Programme) -> None:
        self._path = f"/v1/boards/{programme.board_id}"
        self._caller = programme.manager()
        self.rows = 0
        self.odd: list[str] = []

    async def run(self) -> None:
        while True:
            answer = await self._caller.get(self._path, params={"limit": 100})
            self.rows += answer.status_code == httpx.codes.OK
            if answer.status_code != httpx.codes.OK and not _promises(answer):
                self.odd.append(f"{answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(PAUSE_SECONDS)


def _promises(answer: httpx.Response) -> bool:
    return answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers


@pytest.mark.parametrize("name", ["valkey", "nats", "postgres", "content", "gamification", "webhooks"])
async def test_boards_are_read_while_a_process_dies_and_comes_back(
    stack: RunningStack, programme: Programme, name: str
) -> None:
    before = await programme.board(programme.manager())
    reader = Reader(programme)
    reading = asyncio.create_task(reader.run())
    killed = stack.stack.pid(name)
    os.kill(killed, signal.SIGKILL)

    async def healed() -> bool:
        with suppress(RuntimeError):  # not started again yet
            return stack.stack.pid(name) != killed and await _shows(programme, before)
        return False

    try:
        await eventually(healed, seconds=90)
    finally:
        reading.cancel()
        await stack.healed()
    assert reader.odd == []
    assert reader.rows > 0


async def _shows(programme: Programme, rows: dict[str, float]) -> bool:
    answer = await programme.manager().get(f"/v1/boards/{programme.board_id}", params={"limit": 100, "fresh": "1"})
    return (
        answer.status_code == httpx.codes.OK and {row["name"]: row["points"] for row in answer.json()["items"]} == rows
    )
