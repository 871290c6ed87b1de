"""The whole way: events into JetStream, through the service's own consumers, outbox, relay and board projection."""

import asyncio
import time
from collections.abc import Sequence

from pydantic import SecretStr

from bench.path import sealed
from bench.servers import Servers
from deploy.local.issuer import ISSUER, publish_keys
from libs.bus.publish import Publisher, in_batches
from libs.bus.testing import settle
from libs.events.engagement import InteractionsRecorded
from libs.events.envelope import subject_of
from libs.process.parts import Parts, subscription
from libs.storage.outbox import Message
from services.gamification.app import create_app
from services.gamification.settings import Settings

SECONDS, PAUSE, LITTLE = 300.0, 0.1, 0.1
CONCERNED = [subscription("gamification--engagement"), subscription("boards--gamification")]


async def whole_rate(servers: Servers, database_url: str, events: Sequence[InteractionsRecorded]) -> float:
    """Return interactions a second from the first one published to the last one shown."""
    settings = Settings(
        database_url=SecretStr(database_url),
        nats_url=SecretStr(servers.nats.url_of("gamification")),
        valkey_url=SecretStr(servers.valkey.url),
        auth_jwks=publish_keys(servers.folder),
        auth_issuer=ISSUER,
        person_key=SecretStr("bench" * 8),
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        parts: Parts = app.state.parts
        await _at_rest()
        started = time.perf_counter()
        await _publish(parts, events)
        await settle(parts.connection, [parts.db], subscriptions=CONCERNED, seconds=SECONDS, pause=PAUSE)
        return sum(len(event.interactions) for event in events) / (time.perf_counter() - started)


async def _at_rest() -> None:
    """Wait until what a start brings with it is done, half a minute at most: boards filled, yesterday inspected."""
    for _ in range(60):
        before = time.process_time()
        await asyncio.sleep(0.5)
        if time.process_time() - before < LITTLE:
            return


async def _publish(parts: Parts, events: Sequence[InteractionsRecorded]) -> None:
    publisher = Publisher(parts.connection)
    messages = [
        Message(id=one.id, subject=subject_of(one.type, number % 64), payload=one.to_bytes())
        for number, one in enumerate(sealed(events))
    ]
    for run in in_batches(messages):
        await publisher.publish_batch(run)
