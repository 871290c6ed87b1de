"""Every statement about readings; all that write do so in the order of keys, so that workers cannot deadlock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.snapshots.domain import Count, Latest, ReadingKey
from services.engagement.snapshots.tables import ReadingLatest

KEY = {"share_id": "uuid", "kind": "text", "read_at": "timestamptz", "provenance": "text"}
NAMES = ", ".join(KEY)


def _arrays(columns: Mapping[str, str]) -> str:
    return "unnest(" + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items()) + ")"


def _trust(row: str) -> str:
    """Which of two readings of one instant counts: the measured before the imported before the declared."""
    return f"CASE {row}.provenance WHEN 'measured' THEN 0 WHEN 'imported' THEN 1 ELSE 2 END"


# the latest of each kind is kept beside all readings, as a connector may read a share every hour for weeks
_INSERT = text(f"""
    WITH added AS (
        INSERT INTO reading ({NAMES}, count) SELECT * FROM {_arrays({**KEY, "count": "int"})}
        ON CONFLICT DO NOTHING RETURNING {NAMES}, count
    ), latest AS (
        INSERT INTO reading_latest (share_id, kind, estimated, read_at, provenance, count)
        SELECT DISTINCT ON (share_id, kind, estimated) share_id, kind, provenance = 'estimated' AS estimated,
               read_at, provenance, count
        FROM added ORDER BY share_id, kind, estimated, read_at DESC, {_trust("added")}
        ON CONFLICT (share_id, kind, estimated) DO UPDATE
        SET read_at = excluded.read_at, provenance = excluded.provenance, count = excluded.count
        WHERE excluded.read_at > reading_latest.read_at
           OR excluded.read_at = reading_latest.read_at AND {_trust("excluded")} < {_trust("reading_latest")}
    )
    SELECT {NAMES} FROM added
""")
_COUNTS = text(f"""
    SELECT {", ".join(f"r.{name}" for name in KEY)}, r.count
    FROM {_arrays(KEY)} AS k({NAMES}) JOIN reading r USING ({NAMES})
""")
_CONFLICTS = text(f"""
    INSERT INTO reading_conflict ({NAMES}, count, receipt_id)
    SELECT * FROM {_arrays({**KEY, "count": "int", "receipt_id": "uuid"})}
    ON CONFLICT DO NOTHING
""")


async def add_new(tx: Transaction, counts: Mapping[ReadingKey, int]) -> set[ReadingKey]:
    """Insert the readings that are not there; returns their keys."""
    keys = sorted(counts)
    found = await tx.run(_INSERT, {**_key_arrays(keys), "count": [counts[key] for key in keys]})
    return {_key(row) for row in found.mappings()}


async def counts_of(tx: Transaction, keys: Collection[ReadingKey]) -> dict[ReadingKey, int]:
    """Return the count of each of these readings that is there."""
    found = await tx.run(_COUNTS, _key_arrays(sorted(keys)))
    return {_key(row): row["count"] for row in found.mappings()}


async def add_conflicts(tx: Transaction, conflicts: Collection[tuple[ReadingKey, int, UUID]]) -> None:
    """Note the counts that contradicted a reading, each with the receipt that brought it; known ones stay."""
    rows = sorted(conflicts)
    columns = {"count": [count for _, count, _ in rows], "receipt_id": [receipt_id for *_, receipt_id in rows]}
    await tx.run(_CONFLICTS, {**_key_arrays([key for key, *_ in rows]), **columns})


async def latest_of(tx: Transaction, share_id: UUID) -> Latest:
    """Return the latest reading of each kind, and the latest estimate apart."""
    query = select(ReadingLatest).where(ReadingLatest.share_id == share_id).order_by(col(ReadingLatest.kind))
    rows = (await tx.session.exec(query)).all()
    found = [(row.estimated, Count(**row.model_dump(exclude={"share_id", "estimated"}))) for row in rows]
    return Latest(
        reported=[count for estimated, count in found if not estimated],
        estimated=[count for estimated, count in found if estimated],
    )


def _key_arrays(keys: Sequence[ReadingKey]) -> dict[str, list[Any]]:  # Any: each array has its own type
    return {name: [getattr(key, name) for key in keys] for name in KEY}


def _key(row: RowMapping) -> ReadingKey:
    return ReadingKey(row["share_id"], row["kind"], row["read_at"], row["provenance"])
