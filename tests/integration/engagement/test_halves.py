"""Doors and workers of one service as two processes on one database."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import ValidationError

from deploy.local.servers.nats import NatsServer
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.play import Play, interaction
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def database(stage: Stage) -> str:
    return await stage.database("engagement", MIGRATIONS)


@pytest.fixture(scope="module")
async def doors(stage: Stage, broker: NatsServer, database: str) -> AsyncIterator[Running]:
    settings = stage.settings(Settings, database=database, nats=broker.url_of("engagement"), consume=False)
    async with stage.running("engagement", create_app, settings) as running:
        yield running


@pytest.fixture(scope="module")
async def worker(stage: Stage, broker: NatsServer, database: str) -> AsyncIterator[Running]:
    settings = stage.settings(Settings, database=database, nats=broker.url_of("engagement"), serve=False)
    async with stage.running("engagement", create_app, settings) as running:
        yield running


async def test_what_the_doors_take_the_worker_applies(doors: Running, worker: Running) -> None:
    play = Play(doors)
    share = await play.publishes()  # heard by the worker, as the doors hear nothing
    answer = await play.posts(interaction(share))
    assert answer.status_code == 202
    await worker.settled()
    assert [one.share_id for one in await play.recorded()] == [share.share_id]
    assert (await play.numbers(share))["interactions"] == [{"kind": "reaction", "counted": 1, "own": 0}]


async def test_a_worker_answers_for_its_health_and_nothing_else(worker: Running) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await worker.stranger().get(path)).status_code == httpx.codes.OK
    play = Play(worker)
    assert (await play.posts(interaction(play.programme_id))).status_code == httpx.codes.NOT_FOUND
    assert (await worker.caller("manager").get("/quarantine")).status_code == httpx.codes.NOT_FOUND


async def test_doors_and_worker_measure_how_late_their_tasks_are(doors: Running, worker: Running) -> None:
    for half in (doors, worker):
        assert "event_loop_lag_seconds_count" in (await half.stranger().get("/metrics")).text


async def test_a_process_that_would_do_nothing_does_not_start(stage: Stage, broker: NatsServer, database: str) -> None:
    with pytest.raises(ValidationError, match="does nothing"):
        stage.settings(Settings, database=database, nats=broker.url_of("engagement"), serve=False, consume=False)
