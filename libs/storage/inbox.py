"""The inbox: which messages a consumer has applied, recorded in the transaction of their effect."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from libs.storage.database import Transaction

_RECORD = text("""
    INSERT INTO inbox (consumer, message_id, applied_at)
    SELECT :consumer, id, :now FROM unnest(CAST(:ids AS text[])) AS id
    ON CONFLICT DO NOTHING RETURNING message_id
""")


async def record_new(tx: Transaction, consumer: str, ids: Sequence[str], *, now: datetime) -> set[str]:
    """Record message ids and return those that were not there: only these may have an effect.

    A second worker that holds the same message waits here until the first has committed or rolled back.
    """
    # sorted, so that two workers with overlapping batches take the keys in one order and cannot deadlock
    found = await tx.run(_RECORD, {"consumer": consumer, "ids": sorted(set(ids)), "now": now})
    return set(found.scalars())
