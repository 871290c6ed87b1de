"""What bounds a process: places, backlog, time, and how long things are kept. Each test has a process of its own."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.webhooks.app import MIGRATIONS, forget
from gateway.webhooks.deliveries.domain import Bounds
from gateway.webhooks.subscriptions.domain.sealing import SecretUnreadable
from tests.integration.webhooks.conftest import KEY, Run
from tests.integration.webhooks.receiver import OK, answering, dripping, waiting_for
from tests.integration.webhooks.scene import Scene
from tests.support.answers import refusal
from tests.support.eventually import eventually
from tests.support.harness import Stage


async def test_an_endpoint_that_hangs_holds_up_no_other(run: Run) -> None:
    let_go = asyncio.Event()
    async with run(sending=3, sending_each=1) as scene:
        hanging, well = scene.path(), scene.path()
        stuck = await scene.webhook(hanging)
        await scene.webhook(well)
        scene.receiver.behave(hanging, waiting_for(let_go, OK))
        told = [(await scene.tell()).id for _ in range(10)]
        assert {one.id for one in await scene.receiver.got(well, 10)} == set(told)
        assert len(scene.receiver.at(hanging)) == 1  # one place is all it holds
        assert {one["state"] for one in await scene.log(stuck)} == {"sending", "waiting"}
        let_go.set()
        assert {one.id for one in await scene.receiver.got(hanging, 10)} == set(told)


async def test_many_endpoints_that_hang_leave_room_for_those_that_answer(run: Run) -> None:
    let_go = asyncio.Event()
    async with run(sending=4, sending_each=2) as scene:
        bad = [scene.path() for _ in range(6)]
        for path in bad:
            scene.receiver.behave(path, answering(500), waiting_for(let_go, OK))
            await scene.webhook(path)
        await scene.tell()
        for path in bad:
            await scene.receiver.got(path)
        await eventually(lambda: all_failing(scene))
        scene.clock.forward(minutes=1)  # all of them are due again, and hang
        well = scene.path()
        await scene.webhook(well)
        told = [(await scene.tell()).id for _ in range(10)]
        assert {one.id for one in await scene.receiver.got(well, 10)} == set(told)
        assert sum(len(scene.receiver.at(path)) for path in bad) <= len(bad) + 2
        let_go.set()
        for path in bad:
            await scene.receiver.got(path, 12, seconds=60)


async def test_an_endpoint_that_fails_is_not_asked_again_for_each_of_those_that_wait(run: Run) -> None:
    async with run() as scene:
        path, well = scene.path(), scene.path()
        await scene.webhook(path)
        await scene.webhook(well)
        scene.receiver.behave(path, answering(500))
        await scene.tell()
        await scene.receiver.got(path)
        await eventually(lambda: one_fails(scene))
        for _ in range(20):
            await scene.tell()
        await scene.receiver.got(well, 21)
        assert len(scene.receiver.at(path)) == 1
        scene.clock.forward(seconds=1.5)
        assert len(await scene.receiver.got(path, 2)) == 2


async def one_fails(scene: Scene) -> bool:
    (row,) = await scene.running.rows("SELECT count(*) AS n FROM webhook WHERE throttled_until IS NOT NULL")
    return bool(row["n"] == 1)


async def all_failing(scene: Scene) -> bool:
    (row,) = await scene.running.rows("SELECT bool_and(failing_since IS NOT NULL) AS all FROM webhook")
    return bool(row["all"])


@pytest.mark.parametrize("how", ["hangs", "drips"])
async def test_an_attempt_ends_in_time_whatever_the_endpoint_does(run: Run, how: str) -> None:
    async with run(attempt_seconds=0.4) as scene:
        path = scene.path()
        webhook = await scene.webhook(path)
        hang = waiting_for(asyncio.Event(), OK)
        scene.receiver.behave(path, hang if how == "hangs" else dripping(b"HTTP/1.1 200 OK\r\nX-Header: "))
        await scene.tell()
        timed_out = await scene.attempted(webhook, 1)
        assert timed_out["attempts"][0]["outcome"] == "timed-out"
        assert timed_out["attempts"][0]["seconds"] >= 0.4
        until = (scene.clock.now() + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
        assert (await scene.get(webhook))["throttled_until"] == until


async def test_what_does_not_fit_into_the_backlog_is_read_again_later_and_none_is_lost(run: Run) -> None:
    async with run(backlog=10) as scene:
        path = scene.path()
        webhook = await scene.webhook(path)
        scene.receiver.behave(path, answering(500))
        first = await scene.tell()
        await scene.attempted(webhook, 1)
        told = [first] + [await scene.tell() for _ in range(60)]
        await scene.running.settled()
        (waiting,) = await scene.running.rows("SELECT count(*) AS n FROM delivery WHERE next_at IS NOT NULL")
        assert waiting["n"] == 10
        found = await scene.get(webhook, "/replay")
        assert (found["reason"], found["ended_at"]) == ("backlog", None)
        assert refusal(
            await scene.manager.post(f"/webhooks/{webhook['id']}:replay", {"since": "2026-11-01T00:00:00Z"})
        )[:2] == (409, "replay-under-way")
        scene.receiver.behave(path, OK)
        scene.clock.forward(minutes=1)

        async def all_came() -> bool:
            return {one.id for one in scene.receiver.at(path)} == {one.id for one in told}

        assert await eventually(all_came, seconds=60)
        assert await eventually(lambda: replay_ended(scene, webhook), seconds=30)
        (rows,) = await scene.running.rows("SELECT count(*) AS n, count(DISTINCT event_id) AS events FROM delivery")
        assert rows["n"] == rows["events"] == 61


async def replay_ended(scene: Scene, webhook: dict[str, Any]) -> bool:
    return (await scene.get(webhook, "/replay"))["ended_at"] is not None


async def test_what_has_ended_is_forgotten_and_what_waits_is_not(run: Run) -> None:
    async with run() as scene:
        good, bad, off = scene.path(), scene.path(), scene.path()
        delivered, waits, held = [await scene.webhook(path) for path in (good, bad, off)]
        scene.receiver.behave(bad, answering(500))
        scene.receiver.behave(off, answering(500))
        await scene.tell()
        await scene.delivery(delivered, lambda one: one["state"] == "delivered")
        await scene.attempted(waits, 1)
        await scene.attempted(held, 1)
        await scene.do(held, "disable")
        await scene.do(delivered, "rotate", {"overlap_hours": 1})
        bounds = Bounds(backlog=10, patience=timedelta(days=30), kept=timedelta(days=7))
        await forget(scene.running.parts, bounds)
        assert [len(await scene.log(one)) for one in (delivered, waits, held)] == [1, 1, 1]
        scene.clock.forward(days=8)
        await forget(scene.running.parts, bounds)
        assert [len(await scene.log(one)) for one in (delivered, waits, held)] == [0, 1, 0]
        (row,) = await scene.running.rows(
            "SELECT count(*) AS n FROM webhook_secret WHERE webhook_id = :id", id=delivered["id"]
        )
        assert row["n"] == 1


async def test_the_key_of_the_secrets_can_be_changed_without_anybody_noticing(run: Run, stage: Stage) -> None:
    database = await stage.database("webhooks", MIGRATIONS)
    new = "another key of the tests that is as long"
    async with run(database=database) as scene:
        path = scene.path()
        webhook = await scene.webhook(path)
        (row,) = await scene.running.rows("SELECT sealed FROM webhook_secret")
        assert webhook["secret"].removeprefix("whsec_").encode() not in row["sealed"]
    async with run(database=database, secret_key=SecretStr(f"{new},{KEY}")):
        pass  # every secret is under the new key now
    async with run(database=database, secret_key=SecretStr(new)) as again:
        await Scene(running=again.running, receiver=again.receiver, clock=again.clock, programme=scene.programme).tell()
        (posted,) = await again.receiver.got(path)
        assert posted.verified_by(webhook["secret"], now=again.clock.now())
    with pytest.raises(SecretUnreadable):
        async with run(database=database):
            pass
