"""Every statement about the quarantine; all work on sets, in the order of ids so that workers cannot deadlock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, String, cast, delete, func, insert, or_, text, tuple_
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.quarantine.domain import Act, Quarantined, Reason, State
from services.engagement.quarantine.tables import QuarantineAct, QuarantinedRow

COLUMNS = {
    "id": "uuid",
    "kind": "text",
    "programme_id": "uuid",
    "door": "text",
    "reason": "text",
    "share_id": "uuid",
    "address": "text",
    "item": "text",
    "digest": "text",
    "receipt_id": "uuid",
    "place": "int",
    "arrived_at": "timestamptz",
}
SHOWN = tuple(Quarantined.__dataclass_fields__)

_PUT = text(f"""
    INSERT INTO quarantined ({", ".join(COLUMNS)}, state, tries, changed_at)
    SELECT {", ".join("n.item::jsonb" if name == "item" else f"n.{name}" for name in COLUMNS)}, 'open', 0, n.arrived_at
    FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS.items())})
        AS n({", ".join(COLUMNS)})
    ON CONFLICT DO NOTHING RETURNING id
""")
_WAITING = f"SELECT {', '.join(f'q.{name}' for name in SHOWN)} FROM quarantined q"
_UNKNOWN = "q.state = 'open' AND q.reason = 'unknown-share'"
_FREE = "ORDER BY q.arrived_at, q.receipt_id, q.place LIMIT :most FOR UPDATE OF q SKIP LOCKED"
# what another transaction holds is tried again, or discarded, by that one
_OF_SHARES = text(f"""
    {_WAITING}
    WHERE {_UNKNOWN} AND (q.share_id = ANY(CAST(:ids AS uuid[])) OR q.address = ANY(CAST(:addresses AS text[])))
      AND (q.programme_id IS NULL OR q.programme_id = ANY(CAST(:programmes AS uuid[])))
    {_FREE}
""")
_FOUND = text(f"""
    {_WAITING}
    WHERE {_UNKNOWN} AND EXISTS (
        SELECT FROM engagement_share s
        WHERE (s.share_id = q.share_id OR s.post_url = q.address
               OR s.post_url IN (SELECT a.same_as FROM post_alias a WHERE a.address = q.address))
          AND (q.programme_id IS NULL OR q.programme_id = s.programme_id)
    )
    {_FREE}
""")
_HELD = text(f"{_WAITING} WHERE q.id = :id FOR UPDATE OF q")
_CHANGE = text("""
    UPDATE quarantined q SET state = c.state, reason = c.reason, tries = c.tries, changed_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:reasons AS text[]), CAST(:tries AS int[]))
        AS c(id, state, reason, tries)
    WHERE q.id = c.id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many items wait for one reason, and since when the oldest does."""

    reason: Reason
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; `programme_id` None is all programmes and what belongs to none."""

    programme_id: UUID | None
    state: State
    reason: Reason | None
    text: str | None


async def put(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert items of which no copy waits; returns their ids."""
    ordered = sorted(rows, key=lambda row: str(row["digest"]))
    columns = {name: [row[name] for row in ordered] for name in COLUMNS}
    return set((await tx.run(_PUT, columns)).scalars())


async def of_shares(
    tx: Transaction, *, ids: Collection[UUID], addresses: Collection[str], programmes: Collection[UUID], most: int
) -> list[Quarantined]:
    """Hold and return what waits for these shares of these programmes, oldest first."""
    named = {"ids": list(ids), "addresses": list(addresses), "programmes": list(programmes), "most": most}
    return [_quarantined(row) for row in (await tx.run(_OF_SHARES, named)).mappings()]


async def found(tx: Transaction, *, most: int) -> list[Quarantined]:
    """Hold and return what waits for a share that is known by now, oldest first."""
    return [_quarantined(row) for row in (await tx.run(_FOUND, {"most": most})).mappings()]


async def hold(tx: Transaction, id_: UUID) -> Quarantined | None:
    """Hold and return one item."""
    row = (await tx.run(_HELD, {"id": id_})).mappings().first()
    return _quarantined(row) if row else None


async def change(tx: Transaction, items: Sequence[Quarantined], *, now: datetime) -> None:
    """Write the state, reason and tries of items that are held."""
    columns = {
        "ids": [item.id for item in items],
        "states": [item.state for item in items],
        "reasons": [item.reason for item in items],
        "tries": [item.tries for item in items],
    }
    await tx.run(_CHANGE, {**columns, "now": now})


async def add_acts(tx: Transaction, acts: Mapping[UUID, Act]) -> None:
    """Write lines of the audit by their ids."""
    await tx.run(insert(QuarantineAct), [{"id": id_, **asdict(act)} for id_, act in acts.items()])


async def acts_of(tx: Transaction, id_: UUID) -> list[Act]:
    """Return the audit of an item, oldest first."""
    query = select(QuarantineAct).where(QuarantineAct.quarantined_id == id_)
    rows = await tx.session.exec(query.order_by(col(QuarantineAct.at), col(QuarantineAct.id)))
    return [Act(**row.model_dump(exclude={"id"})) for row in rows]


async def listed(
    tx: Transaction, wanted: Wanted, *, place: tuple[datetime, UUID] | None, limit: int
) -> list[Quarantined]:
    """Return items, newest first, after a place in that order."""
    sorted_by = (col(QuarantinedRow.arrived_at), col(QuarantinedRow.id))
    query = select(QuarantinedRow).where(*_conditions(wanted))
    if place is not None:
        query = query.where(tuple_(*sorted_by) < place)
    rows = await tx.session.exec(query.order_by(*(one.desc() for one in sorted_by)).limit(limit))
    return [Quarantined(**row.model_dump(exclude={"digest"})) for row in rows]


async def of_receipt(tx: Transaction, receipt_id: UUID, *, limit: int) -> list[Quarantined]:
    """Return what of one request lies in the quarantine, in the order of places."""
    query = select(QuarantinedRow).where(QuarantinedRow.receipt_id == receipt_id, QuarantinedRow.state != "applied")
    rows = await tx.session.exec(query.order_by(col(QuarantinedRow.place), col(QuarantinedRow.id)).limit(limit))
    return [Quarantined(**row.model_dump(exclude={"digest"})) for row in rows]


async def reasons(tx: Transaction, programme_id: UUID | None) -> list[Counted]:
    """Return how many items wait for each reason, the most first."""
    number, oldest = func.count().label("count"), func.min(col(QuarantinedRow.arrived_at)).label("oldest")
    query = select(QuarantinedRow.reason, number, oldest).where(QuarantinedRow.state == "open")
    if programme_id is not None:
        query = query.where(QuarantinedRow.programme_id == programme_id)
    found_ = await tx.run(query.group_by(col(QuarantinedRow.reason)).order_by(number.desc(), QuarantinedRow.reason))
    return [Counted(**row) for row in found_.mappings()]


async def forget_applied(tx: Transaction, *, before: datetime) -> None:
    """Delete what was applied before a time, with its audit."""
    gone = delete(QuarantinedRow).where(col(QuarantinedRow.state) == "applied", col(QuarantinedRow.changed_at) < before)
    ids = list((await tx.run(gone.returning(col(QuarantinedRow.id)))).scalars())
    if ids:
        await tx.run(delete(QuarantineAct).where(col(QuarantineAct.quarantined_id).in_(ids)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [col(QuarantinedRow.state) == wanted.state]
    if wanted.programme_id is not None:
        conditions.append(col(QuarantinedRow.programme_id) == wanted.programme_id)
    if wanted.reason is not None:
        conditions.append(col(QuarantinedRow.reason) == wanted.reason)
    if wanted.text:
        # `autoescape`: a percent sign in the text is one to look for
        fields = [col(QuarantinedRow.address), *(col(QuarantinedRow.item)[n].astext for n in ("external_id", "source"))]
        named = cast(col(QuarantinedRow.share_id), String)
        conditions.append(or_(*(one.icontains(wanted.text, autoescape=True) for one in fields), named == wanted.text))
    return conditions


def _quarantined(row: RowMapping) -> Quarantined:
    return Quarantined(**row)
