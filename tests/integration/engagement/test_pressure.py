import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.intake.api import Pressure
from services.engagement.intake.errors import DoorFull
from services.engagement.settings import Settings
from tests.integration.engagement.play import Play, interaction
from tests.support.eventually import eventually
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def narrow(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    """Doors for two requests at once, behind which nothing is applied."""
    settings = stage.settings(
        Settings,
        database=await stage.database("engagement", MIGRATIONS),
        nats=broker.url_of("engagement"),
        consume=False,
        door_requests=2,
        door_bytes=1_000_000,
        door_queue=100_000,
        door_backlog=3,
    )
    async with stage.running("engagement", create_app, settings) as running:
        yield running


class Slow:
    """A body that begins and does not end before it is told to."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content[:10]
        self.begun.set()
        await self.may_end.wait()
        yield self.content[10:]


async def test_beyond_what_may_be_under_way_requests_are_turned_away_at_once_and_the_others_go_on(
    narrow: Running,
) -> None:
    play = Play(narrow)
    item = interaction(new_id())
    slow = [Slow(json.dumps(item).encode()) for _ in range(2)]
    under_way = [asyncio.create_task(play.sends_lines(one)) for one in slow[:1]]
    await slow[0].begun.wait()
    too_large = await play.sends_lines(slow[1])
    assert (too_large.status_code, too_large.json()["type"]) == (503, "urn:timbre:problem:door-full")
    assert not slow[1].begun.is_set()
    slow[0].may_end.set()
    (answer,) = await asyncio.gather(*under_way)
    assert answer.status_code == 202
    assert (await play.posts(item)).status_code == 202


async def test_more_requests_than_may_be_under_way_are_turned_away(narrow: Running) -> None:
    metrics = narrow.app.state.door_metrics
    pressure = Pressure(narrow.parts.connection, metrics, requests=2, size=100, queue=100, backlog=1)
    play = Play(narrow)
    narrow.app.state.pressure, kept = pressure, narrow.app.state.pressure
    try:
        with pressure.admitted("interactions", 1), pressure.admitted("interactions", 1):
            refused = await play.posts(interaction(play.programme_id))
    finally:
        narrow.app.state.pressure = kept
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:timbre:problem:door-full")
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["x-request-id"] == refused.json()["request_id"]
    page = (await narrow.stranger().get("/metrics")).text
    assert 'engagement_turned_away_total{door="interactions",reason="full",service="engagement"}' in page
    route = 'route="/programmes/{programme_id}/interactions"'
    assert f'http_requests_total{{method="POST",{route},service="engagement",status="503"}}' in page


async def test_who_is_turned_away_is_not_asked_who_they_are(narrow: Running) -> None:
    pressure: Pressure = narrow.app.state.pressure
    path = f"/programmes/{new_id()}/interactions"
    with pressure.admitted("interactions", 1), pressure.admitted("interactions", 1):
        assert (await narrow.stranger().post(path, [interaction(new_id())])).status_code == 503
    assert (await narrow.stranger().post(path, [interaction(new_id())])).status_code == 401


async def test_complete_bodies_wait_for_their_turn_and_those_that_would_wait_too_long_are_turned_away(
    narrow: Running,
) -> None:
    play, pressure = Play(narrow), narrow.app.state.pressure
    waits, too_much = interaction(new_id()), [interaction(new_id()) for _ in range(1000)]
    async with pressure.turn:
        waiting = asyncio.create_task(play.posts(waits))
        await eventually(lambda: is_queued(pressure))
        refused = await play.posts(*too_much)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:timbre:problem:door-full")
    assert (await waiting).status_code == 202
    assert (await play.posts(*too_much)).status_code == 202  # one alone may be larger than the bound


async def is_queued(pressure: Pressure) -> bool:
    try:
        with pressure.queued("interactions", 10**6):
            return False
    except DoorFull:
        return True


async def test_memory_does_not_grow_with_a_stream(narrow: Running) -> None:
    """Of a body of 20 MB only two groups of lines are ever held, with what they are judged into."""
    play = Play(narrow)
    piece = b"".join(json.dumps(interaction(new_id())).encode() + b"\n" for _ in range(250))

    async def many(pieces: int) -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield piece

    async def peak(pieces: int) -> int:
        tracemalloc.start()
        try:
            answer = await play.sends_lines(many(pieces))
            assert answer.status_code == 202, answer.text
            assert answer.json()["accepted"] == pieces * 250
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = await peak(16), await peak(320)
    assert 320 * len(piece) > 17_000_000
    assert large < 1.5 * small


async def test_when_too_much_waits_to_be_applied_senders_are_told_to_come_later(narrow: Running) -> None:
    """The service that applies has stopped; what it is to hear piles up."""
    play = Play(narrow)
    subject = "intake.interactions.accepted.v1.*"
    await narrow.parts.connection.api(
        "CONSUMER.CREATE.INTAKE.engagement--intake",
        {
            "stream_name": "INTAKE",
            "config": {"durable_name": "engagement--intake", "ack_policy": "explicit", "filter_subjects": [subject]},
        },
    )

    async def turned_away() -> bool:
        answer = await play.posts(interaction(play.programme_id))
        if answer.status_code == 202:
            return False
        assert (answer.status_code, answer.json()["type"]) == (429, "urn:timbre:problem:backlog-too-deep")
        assert int(answer.headers["retry-after"]) >= 1
        return True

    await eventually(turned_away)
