"""The whole way: events into JetStream, through the service's own consumers, outbox, relay and board projection."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from bench.path import sealed
from bench.servers import Servers
from deploy.local.issuer import ISSUER, publish_keys
from libs.bus.publish import Publisher, in_batches
from libs.bus.testing import settle
from libs.events.engagement import InteractionsRecorded
from libs.events.envelope import PARTITIONS, subject_of
from libs.process.parts import Parts, subscription
from libs.storage.outbox import Message
from services.gamification.app import create_app
from services.gamification.settings import Settings

SECONDS, PAUSE, LITTLE = 300.0, 0.1, 0.1
CONCERNED = [subscription("gamification--engagement"), subscription("boards--gamification")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Interactions a second from the first one published to the last one shown, and processor seconds by process."""

    rate: float
    cpu: Mapping[str, float]


async def whole_way(servers: Servers, database_url: str, events: Sequence[InteractionsRecorded]) -> Whole:
    """Send events the whole way and measure it."""
    settings = Settings(
        database_url=SecretStr(database_url),
        nats_url=SecretStr(servers.nats.url_of("gamification")),
        valkey_url=SecretStr(servers.valkey.url),
        auth_jwks=publish_keys(servers.folder),
        auth_issuer=ISSUER,
        person_key=SecretStr("bench" * 8),
    )
    app, messages = create_app(settings), list(_messages(events))
    async with app.router.lifespan_context(app):
        parts: Parts = app.state.parts
        await _at_rest(servers)
        before, own, started = servers.cpu_seconds(), time.process_time(), time.perf_counter()
        await _publish(parts, messages)
        await settle(parts.connection, [parts.db], subscriptions=CONCERNED, seconds=SECONDS, pause=PAUSE)
        seconds, own, after = time.perf_counter() - started, time.process_time() - own, servers.cpu_seconds()
    count = sum(len(event.interactions) for event in events)
    used = {"own process": own, **{server: after[server] - before[server] for server in after}}
    return Whole(rate=count / seconds, cpu=used)


async def _at_rest(servers: Servers) -> None:
    """Wait until what a start brings with it is done, a minute at most: boards filled, yesterday inspected."""
    for _ in range(120):
        before = _used(servers)
        await asyncio.sleep(0.5)
        if _used(servers) - before < LITTLE:  # the inspection works in PostgreSQL, while this process waits
            return


def _used(servers: Servers) -> float:
    return time.process_time() + sum(servers.cpu_seconds().values())


def _messages(events: Sequence[InteractionsRecorded]) -> Iterator[Message]:
    for number, one in enumerate(sealed(events)):
        yield Message(id=one.id, subject=subject_of(one.type, number % PARTITIONS), payload=one.to_bytes())


async def _publish(parts: Parts, messages: Sequence[Message]) -> None:
    publisher = Publisher(parts.connection)
    for run in in_batches(messages):
        await publisher.publish_batch(run)
