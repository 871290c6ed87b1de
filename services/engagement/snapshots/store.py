"""Every statement about readings."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import case, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.snapshots.domain import Count, ReadingKey
from services.engagement.snapshots.tables import Reading

_INSERT = text("""
    INSERT INTO reading (share_id, kind, read_at, provenance, count)
    SELECT * FROM unnest(CAST(:shares AS uuid[]), CAST(:kinds AS text[]), CAST(:times AS timestamptz[]),
                         CAST(:provenances AS text[]), CAST(:counts AS int[]))
    ON CONFLICT DO NOTHING RETURNING share_id, kind, read_at, provenance
""")


async def add_new(tx: Transaction, counts: Mapping[ReadingKey, int]) -> set[ReadingKey]:
    """Insert the readings that are not there, in the order of keys; returns their keys."""
    keys = sorted(counts)
    columns = {
        "shares": [key.share_id for key in keys],
        "kinds": [key.kind for key in keys],
        "times": [key.read_at for key in keys],
        "provenances": [key.provenance for key in keys],
        "counts": [counts[key] for key in keys],
    }
    found = (await tx.run(_INSERT, columns)).mappings()
    return {ReadingKey(row["share_id"], row["kind"], row["read_at"], row["provenance"]) for row in found}


async def latest_of(tx: Transaction, share_id: UUID) -> list[Count]:
    """Return the latest reading of each kind; of one instant, the measured before the imported before the declared."""
    trust = case({"measured": 0, "imported": 1}, value=col(Reading.provenance), else_=2)
    query = (
        select(Reading)
        .where(Reading.share_id == share_id)
        .order_by(col(Reading.kind), col(Reading.read_at).desc(), trust)
        .ext(distinct_on(col(Reading.kind)))
    )
    found = await tx.session.exec(query)
    return [Count(kind=row.kind, count=row.count, read_at=row.read_at, provenance=row.provenance) for row in found]
