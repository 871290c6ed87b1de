"""What bare servers do with the same load: take requests in, store their messages, keep their rows."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import psutil  # type: ignore[import-untyped]  # has no types of its own

from bench.bare_server import bare_server
from bench.ingest_stack import Ingest
from bench.servers import cpu_of
from bench.traffic import Item, payload
from bench.wire import Wire
from libs.bus.publish import Publisher
from libs.clock import new_id
from libs.storage.outbox import Message

LANES = 4
LEAST = 200  # requests and messages: processor time is told in hundredths of a second
STREAM = {"name": "BENCH", "subjects": ["bench.>"], "storage": "file", "allow_atomic": True, "num_replicas": 1}
_TABLES = """
    CREATE TABLE bare_interaction (
        programme_id uuid, source text, external_id text, share_id uuid NOT NULL, kind text NOT NULL, person text,
        occurred_at timestamptz NOT NULL, PRIMARY KEY (programme_id, source, external_id)
    );
    CREATE TABLE bare_counter (share_id uuid, kind text, counted bigint, PRIMARY KEY (share_id, kind))
        WITH (fillfactor = 80);
"""
_KEEP = """
    WITH new AS (
        INSERT INTO bare_interaction
        SELECT $1, source, external_id, share_id, kind, person, occurred_at
        FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
            AS given(source, external_id, share_id, kind, person, occurred_at)
        ON CONFLICT DO NOTHING RETURNING share_id, kind
    )
    INSERT INTO bare_counter AS held SELECT share_id, kind, count(*) FROM new GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (share_id, kind) DO UPDATE SET counted = held.counted + excluded.counted
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """What a bare server did: interactions a second, its processor time for each in microseconds, its MiB in the end.

    `refused` are the seconds of its refusals.
    """

    rate: float
    cpu: float
    memory: float = 0.0
    refused: Sequence[float] = ()


async def bare_accept(bodies: Sequence[bytes], each: int, *, refused_rate: float, seconds: float) -> Bare:
    """Return what an ASGI application does that only reads; `each` are in a body.

    And how soon it refuses without reading, so many bodies a second.
    """
    async with bare_server("bench.bare:app") as (url, pid):
        wire = Wire(url, {"content-type": "application/json"})

        async def lane(mine: Sequence[bytes]) -> None:
            for body in mine:
                assert (await wire.post("/", body)).status == 202

        await lane(bodies[:LANES])
        many = list(bodies) * (1 + LEAST // len(bodies))
        used, started = cpu_of(pid), time.perf_counter()
        await asyncio.gather(*(lane(many[number::LANES]) for number in range(LANES)))
        took, used = time.perf_counter() - started, cpu_of(pid) - used
        refused = await refusals(wire, "/refused", bodies, rate=refused_rate, seconds=seconds)
        wire.close()
        memory = psutil.Process(pid).memory_info().rss / 2**20
    count = len(many) * each
    return Bare(rate=count / took, cpu=used * 1e6 / count, memory=memory, refused=refused)


async def refusals(wire: Wire, path: str, bodies: Sequence[bytes], *, rate: float, seconds: float) -> list[float]:
    """Return the seconds of each refusal of a server that refuses all, at so many requests a second."""
    found: list[float] = []

    async def send(body: bytes) -> None:
        found.append((await wire.post(path, body)).seconds)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as sending:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(started + number / rate - time.perf_counter(), 0))
            sending.create_task(send(bodies[number % len(bodies)]))
    return found


async def bare_publish(ingest: Ingest, payloads: list[bytes], interactions: int) -> Bare:
    """Return what the broker does when the same messages are only stored; so many interactions are in them all."""
    await ingest.reach.broker.api("STREAM.CREATE.BENCH", STREAM)
    publisher = Publisher(ingest.reach.broker)
    times = 1 + LEAST // len(payloads)
    messages = [Message(id=str(new_id()), subject="bench.00", payload=one) for one in payloads * times]

    async def lane(mine: Sequence[Message]) -> None:
        for message in mine:
            await publisher.publish(message)

    used, started = cpu_of(ingest.stack.pid("nats")), time.perf_counter()
    await asyncio.gather(*(lane(messages[number::LANES]) for number in range(LANES)))
    took, used = time.perf_counter() - started, cpu_of(ingest.stack.pid("nats")) - used
    await ingest.reach.broker.api("STREAM.DELETE.BENCH")
    return Bare(rate=times * interactions / took, cpu=used * 1e6 / interactions / times)


async def stored_payloads(ingest: Ingest) -> list[bytes]:
    """Return the messages of the stream INTAKE, oldest first."""
    state = (await ingest.reach.broker.api("STREAM.INFO.INTAKE"))["state"]
    if not state["messages"]:
        return []
    listener = await ingest.reach.broker.client.jetstream().subscribe("intake.>", ordered_consumer=True)
    found = [(await listener.next_msg(timeout=10)).data for _ in range(state["messages"])]
    await listener.unsubscribe()
    return found


async def bare_statement(
    ingest: Ingest, programme_id: UUID, items: Sequence[Item], *, together: int, lanes: int = 2
) -> Bare:
    """Return what PostgreSQL does with one statement for each `together` items, that keeps and counts them."""
    connections = [await asyncpg.connect(ingest.databases["engagement"]) for _ in range(lanes)]
    await connections[0].execute(_TABLES)
    valid = [item for item in items if item.fate != "invalid"]
    batches = iter([_columns(valid[start : start + together]) for start in range(0, len(valid), together)])

    async def lane(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for columns in batches:
            await connection.execute(_KEEP, programme_id, *columns)

    used, started = cpu_of(ingest.stack.pid("postgres")), time.perf_counter()
    await asyncio.gather(*map(lane, connections))
    took, used = time.perf_counter() - started, cpu_of(ingest.stack.pid("postgres")) - used
    await connections[0].execute("DROP TABLE bare_interaction, bare_counter")
    for connection in connections:
        await connection.close()
    return Bare(rate=len(valid) / took, cpu=used * 1e6 / len(valid))


async def bare_way(ingest: Ingest, programme_id: UUID, items: Sequence[Item], *, together: int) -> list[float]:
    """Return the seconds in which `together` items come from the broker's disk to Valkey by the same stations bare.

    Stored, kept and counted in one statement, told, kept and counted in another one, told, and shown.
    """
    await ingest.reach.broker.api("STREAM.CREATE.BENCH", STREAM)
    publisher, valkey = Publisher(ingest.reach.broker), ingest.reach.valkey
    connection = await asyncpg.connect(ingest.databases["engagement"])
    await connection.execute(_TABLES)
    valid = [item for item in items if item.fate != "invalid"]
    found = []
    for start in range(0, len(valid) - together, together):
        part = valid[start : start + together]
        middle, body = together // 2, payload(part)
        started = time.perf_counter()
        for half in (part[:middle], part[middle:]):
            await publisher.publish(Message(id=str(new_id()), subject="bench.00", payload=body))
            await connection.execute(_KEEP, programme_id, *_columns(half))
        await publisher.publish(Message(id=str(new_id()), subject="bench.00", payload=body))
        await valkey.set("bench", body)
        found.append(time.perf_counter() - started)
    await connection.execute("DROP TABLE bare_interaction, bare_counter")
    await connection.close()
    await valkey.delete("bench")
    await ingest.reach.broker.api("STREAM.DELETE.BENCH")
    return found


def _columns(items: Sequence[Item]) -> list[list[object]]:
    rows = sorted(items, key=lambda item: item.key)
    return [
        [row.body["source"] for row in rows],
        [row.key for row in rows],
        [UUID(row.body["share_id"]) for row in rows],
        [row.body["kind"] for row in rows],
        [row.body.get("person") for row in rows],
        [datetime.fromisoformat(row.body["occurred_at"]) for row in rows],
    ]
