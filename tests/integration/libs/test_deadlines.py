"""Work that nobody waits for is given up: a read is cut off, a change is not begun, and one that has begun goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport
from sqlalchemy import text

from libs import deadline
from libs.storage.database import Database
from libs.telemetry.metrics import Telemetry
from libs.web import problems
from libs.web.deadlines import Deadlines
from libs.web.request import RequestMetrics, RequestSurround
from tests.integration.libs.kit import Kit
from tests.support.eventually import eventually

SHORT = {"X-Timeout-Ms": "200"}
MINUTE = {"X-Timeout-Ms": "60000"}


class Hands:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(deadline, "time", made)
    return made


def application(db: Database) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Deadlines)
    app.add_middleware(RequestSurround, metrics=RequestMetrics(Telemetry("kit")))
    problems.install(app)

    @app.get("/slow")
    async def slow() -> None:
        async with db.transaction() as tx:
            await tx.run(text("SELECT pg_sleep(60) -- read that nobody waits for"))

    @app.post("/change")
    async def change(request: Request) -> None:
        await request.body()
        async with db.transaction() as tx:
            await tx.run(text("INSERT INTO effect (number) VALUES (1)"))

    @app.post("/slow-change")
    async def slow_change() -> None:
        async with db.transaction() as tx:
            deadline.time.at += 100  # type: ignore[attr-defined] # the clock of the test
            await tx.run(text("INSERT INTO effect (number) VALUES (2)"))

    return app


@pytest.fixture
async def client(kit: Kit) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=ASGITransport(application(kit.db)), base_url="http://kit") as made:
        yield made


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:timbre:problem:")


async def test_a_read_is_cut_off_with_its_statement_and_leaves_no_connection_behind(
    kit: Kit, client: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(client.get("/slow", headers=SHORT) for _ in range(30)))
    assert {refused(answer) for answer in answers} == {(504, "deadline-passed")}

    async def nothing_runs() -> bool:
        async with kit.db.engine.connect() as connection:
            running = await connection.execute(
                text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%nobody waits for' AND state = 'active'")
            )
            return bool(running.scalar_one() == 0)

    await eventually(nothing_runs)
    assert (await client.post("/change", headers={"X-Timeout-Ms": "30000"})).status_code == 200
    pool: Any = kit.db.engine.pool
    assert pool.checkedout() == 0


async def test_a_change_that_waits_too_long_for_a_connection_is_not_begun(
    kit: Kit, client: httpx.AsyncClient, hands: Hands
) -> None:
    pool: Any = kit.db.engine.pool
    held = [await kit.db.engine.connect() for _ in range(pool.size())]
    waiting = asyncio.create_task(client.post("/change", headers=MINUTE))
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert not done
    hands.at += 61
    for connection in held:
        await connection.close()
    assert refused(await waiting) == (504, "deadline-passed")
    assert await kit.effects() == []
    assert (await client.post("/change", headers=MINUTE)).status_code == 200


async def test_a_change_that_has_begun_is_brought_to_its_end(kit: Kit, client: httpx.AsyncClient, hands: Hands) -> None:
    began = hands.at
    assert (await client.post("/slow-change", headers=MINUTE)).status_code == 200
    assert hands.at == began + 100
    assert await kit.effects() == [2]


async def test_the_time_of_a_change_begins_with_the_end_of_its_body(
    kit: Kit, client: httpx.AsyncClient, hands: Hands
) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x"
            hands.at += 100

    assert (await client.post("/change", headers=MINUTE, content=slowly())).status_code == 200
    assert await kit.effects() == [1]


@pytest.mark.parametrize("value", ["", "-1", "1.5", "soon", "9999999999", "٣"])
async def test_a_time_that_is_none_is_no_deadline(client: httpx.AsyncClient, value: str) -> None:
    answer = await client.post("/change", headers={b"X-Timeout-Ms": value.encode()})
    assert answer.status_code == 200
