"""What bare servers do with the same load: take requests in, store their messages, keep their rows."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from bench.bare_server import bare_server
from bench.ingest_stack import Ingest
from bench.traffic import Item
from bench.wire import Wire
from libs.bus.publish import Publisher
from libs.clock import new_id
from libs.storage.outbox import Message

LANES = 4
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


async def bare_accept(bodies: Sequence[bytes], each: int) -> float:
    """Return interactions a second through an ASGI application that only reads; `each` are in a body."""
    async with bare_server("bench.bare:app") as (url, _):
        wire = Wire(url, {"content-type": "application/json"})

        async def lane(mine: Sequence[bytes]) -> None:
            for body in mine:
                assert (await wire.post("/", body)).status == 202

        await lane(bodies[:LANES])
        started = time.perf_counter()
        await asyncio.gather(*(lane(bodies[number::LANES]) for number in range(LANES)))
        return len(bodies) * each / (time.perf_counter() - started)


async def bare_publish(ingest: Ingest, payloads: Sequence[bytes], interactions: int) -> float:
    """Return interactions a second when the same messages are only stored; so many interactions are in them all."""
    await ingest.reach.broker.api("STREAM.CREATE.BENCH", STREAM)
    publisher = Publisher(ingest.reach.broker)
    messages = [Message(id=str(new_id()), subject="bench.00", payload=payload) for payload in payloads]

    async def lane(mine: Sequence[Message]) -> None:
        for message in mine:
            await publisher.publish(message)

    started = time.perf_counter()
    await asyncio.gather(*(lane(messages[number::LANES]) for number in range(LANES)))
    seconds = time.perf_counter() - started
    await ingest.reach.broker.api("STREAM.DELETE.BENCH")
    return interactions / seconds


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
    url: str, programme_id: UUID, items: Sequence[Item], *, together: int, lanes: int = 2
) -> float:
    """Return interactions a second through one statement for each `together` of them, that keeps and counts them."""
    connections = [await asyncpg.connect(url) for _ in range(lanes)]
    await connections[0].execute(_TABLES)
    valid = [item for item in items if item.fate != "invalid"]
    batches = iter([_columns(valid[start : start + together]) for start in range(0, len(valid), together)])

    async def lane(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for columns in batches:
            await connection.execute(_KEEP, programme_id, *columns)

    started = time.perf_counter()
    await asyncio.gather(*map(lane, connections))
    seconds = time.perf_counter() - started
    await connections[0].execute("DROP TABLE bare_interaction, bare_counter")
    for connection in connections:
        await connection.close()
    return len(valid) / seconds


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
