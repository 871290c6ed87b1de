"""The process killed between sending and keeping: the receiver gets the event again, under the same id."""

import asyncio
import os
import signal

import pytest

from libs.bus.connection import open_connection
from libs.clock import SystemClock, new_id
from libs.events.envelope import partition_of, seal, subject_of
from tests.integration.webhooks.receiver import OK, Receiver, waiting_for
from tests.integration.webhooks.scene import SHARE
from tests.support.answers import done
from tests.support.builders import Programme
from tests.support.eventually import eventually
from tests.support.stack import RunningStack, stack_of


async def told(running: RunningStack, programme: Programme) -> str:
    """Publish a share as its service would; returns its id."""
    share = programme.share(new_id())
    envelope = seal(
        share, id=str(new_id()), source="sharing", key="key", time=SystemClock().now(), correlation_id="test-request"
    )
    async with open_connection(running.stack.servers["nats"].url, name="operator") as connection:
        await connection.request(subject_of(SHARE, partition_of("key")), envelope.to_bytes())
    return envelope.id


async def test_killed_between_sending_and_keeping_it_sends_again_with_the_same_id(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOKS_ALLOWED_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("WEBHOOKS_ATTEMPT_SECONDS", "5")  # a lease is this and a margin
    programme, path, let_go = Programme(), "/killed", asyncio.Event()
    receiver.behave(path, waiting_for(let_go, OK), OK)
    async with stack_of("webhooks") as running:
        manager = running.caller("manager", programmes=[programme.id])
        body = {"url": f"{receiver.url}{path}", "event_types": [SHARE]}
        webhook = done(await manager.post(f"/programmes/{programme.id}/webhooks", body), 201)
        event_id = await told(running, programme)
        await receiver.got(path)  # it has the event, and nobody has kept that yet
        killed = running.stack.pid("webhooks")
        os.kill(killed, signal.SIGKILL)
        let_go.set()
        first, second = await receiver.got(path, 2, seconds=90)
        assert (first.id, first.body) == (second.id, second.body)
        assert second.id == event_id
        assert running.stack.pid("webhooks") != killed
        assert all(one.verified_by(webhook["secret"]) for one in (first, second))

        async def kept() -> bool:
            page = done(await manager.get(f"/webhooks/{webhook['id']}/deliveries"), 200)
            (delivery,) = page["items"]
            return (delivery["state"], delivery["attempted"], len(delivery["attempts"])) == ("delivered", 2, 1)

        assert await eventually(kept, seconds=30)
