"""The end of a process, announced."""

import asyncio

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from libs.telemetry.metrics import Telemetry
from libs.web import problems
from libs.web.drain import Drain
from libs.web.health import health_router


async def test_all_that_wait_are_told_once_and_those_who_come_late_at_once() -> None:
    drain, told = Drain(), list[str]()
    drain.on_begin(lambda: told.append("early"))
    waiting = asyncio.create_task(drain.begun.wait())
    drain.begin()
    drain.begin()
    drain.on_begin(lambda: told.append("late"))
    await asyncio.wait_for(waiting, 5)
    assert told == ["early", "late"]


async def test_nobody_is_ready_who_ends_and_alive_all_the_same() -> None:
    app, drain = FastAPI(), Drain()
    problems.install(app)
    app.include_router(health_router(Telemetry("kit"), dict, drain=drain))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://kit") as client:
        assert (await client.get("/readyz")).status_code == 200
        drain.begin()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["detail"]) == (503, "this process is ending")
        assert (await client.get("/livez")).status_code == 200
