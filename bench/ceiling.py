"""What PostgreSQL itself allows: one statement for each batch, that keeps what is new and adds it to balances.

This is the bare effect of a ledger on tables as full as the season's: unnest, insert ignoring what is there, sum by
ambassador, upsert in key order. Nothing is read, scored, explained or told.
"""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from libs.events.engagement import RecordedInteraction

BATCH = 500
_TABLES = """
    DROP TABLE IF EXISTS bare_entry, bare_balance;
    CREATE TABLE bare_entry (id uuid PRIMARY KEY, ambassador_id uuid NOT NULL, milli_points bigint NOT NULL);
    CREATE TABLE bare_balance (ambassador_id uuid PRIMARY KEY, milli_points bigint NOT NULL) WITH (fillfactor = 80);
    INSERT INTO bare_entry SELECT interaction_id, ambassador_id, 1000 FROM evidence_touch;
    INSERT INTO bare_balance SELECT ambassador_id, sum(milli_points) FROM bare_entry GROUP BY 1;
    ANALYZE bare_entry, bare_balance;
"""
_KEEP = """
    WITH new AS (
        INSERT INTO bare_entry SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])
        ON CONFLICT DO NOTHING RETURNING ambassador_id, milli_points
    )
    INSERT INTO bare_balance AS held SELECT ambassador_id, sum(milli_points) FROM new GROUP BY 1 ORDER BY 1
    ON CONFLICT (ambassador_id) DO UPDATE SET milli_points = held.milli_points + excluded.milli_points
"""


async def bare_rate(url: str, arrivals: Sequence[RecordedInteraction], *, lanes: int) -> float:
    """Return interactions a second through the bare statement, on so many connections at once."""
    connections = [await asyncpg.connect(url) for _ in range(lanes)]
    await connections[0].execute(_TABLES)
    batches = iter([_batch(arrivals[start : start + BATCH]) for start in range(0, len(arrivals), BATCH)])

    async def lane(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for columns in batches:
            await connection.execute(_KEEP, *columns)

    started = time.perf_counter()
    await asyncio.gather(*map(lane, connections))
    seconds = time.perf_counter() - started
    await connections[0].execute("DROP TABLE bare_entry, bare_balance")
    for connection in connections:
        await connection.close()
    return len(arrivals) / seconds


def _batch(arrivals: Sequence[RecordedInteraction]) -> tuple[list[UUID], list[UUID], list[int]]:
    return [a.interaction_id for a in arrivals], [a.ambassador_id for a in arrivals], [1000] * len(arrivals)
