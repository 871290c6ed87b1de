"""The statements by which a new touch costs what its person did before, and not all that ever touched the share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction
from services.gamification.rules.domain import Measure

# a row that this transaction wrote carries its number: told again, a fact is the row of whoever told it first
_NEW = "xmin = CAST(pg_current_xact_id() AS xid)"
# (OFFSET 0 keeps these look-ups by index: the planner takes a batch's arrays for a reason to read whole tables)
_RELATIONS = text(f"""
    SELECT told.number, act.*
    FROM unnest(CAST(:authors AS uuid[]), CAST(:persons AS text[])) WITH ORDINALITY AS told(author, person, number)
    CROSS JOIN LATERAL (
        SELECT share_id, colleague_id, kind, at, {_NEW} AS new FROM evidence_touch
        WHERE ambassador_id = told.author AND person = told.person
        OFFSET 0
    ) AS act
""")
_FAVOURS = text(f"""
    SELECT fact.author, fact.by, fact.person, fact.at, fact.new
    FROM unnest(CAST(:ones AS uuid[]), CAST(:others AS uuid[]), CAST(:since AS timestamptz[]),
                CAST(:until AS timestamptz[])) AS told(one, other, since, until)
    CROSS JOIN LATERAL (VALUES (one, other), (other, one)) AS way(author, by)
    CROSS JOIN LATERAL (
        SELECT ambassador_id AS author, colleague_id AS by, person, at, {_NEW} AS new FROM evidence_touch
        WHERE colleague_id = way.by AND ambassador_id = way.author AND kind <> 'click'
          AND at BETWEEN told.since AND told.until
        OFFSET 0
    ) AS fact
""")
# all shares of the weeks of some shares, with what is held of them; a day wider, for the caller knows the weeks better
_OF_WEEKS = text(f"""
    WITH week AS MATERIALIZED (
        SELECT DISTINCT known.ambassador_id, date_trunc('week', known.published_at, told.zone) AS monday
        FROM unnest(CAST(:shares AS uuid[]), CAST(:zones AS text[])) AS told(share_id, zone)
        CROSS JOIN LATERAL (
            SELECT ambassador_id, published_at FROM evidence_share WHERE share_id = told.share_id OFFSET 0
        ) AS known
    )
    SELECT share.*, held.rules_version, {", ".join(f"held.{name}" for name in Measure._fields)}
    FROM week
    CROSS JOIN LATERAL (
        SELECT share_id, ambassador_id, published_at, words, copied, parrot, self_repeats, audience, network
        FROM evidence_share
        WHERE ambassador_id = week.ambassador_id
          AND published_at BETWEEN week.monday - interval '1 day' AND week.monday + interval '8 days'
        OFFSET 0
    ) AS share
    LEFT JOIN LATERAL (SELECT * FROM share_measure WHERE share_id = share.share_id OFFSET 0) AS held ON true
""")
_PROMISE = text("SELECT set_config('timbre.measures', 'kept', true)")
_FORGET = text("DELETE FROM share_measure WHERE share_id = ANY(CAST(:shares AS uuid[]))")
_COLUMNS = ("share_id", "ambassador_id", "rules_version", *Measure._fields)
_TYPES = ("uuid", "uuid", "int", *("bigint" for _ in Measure._fields))
_PUT = text(f"""
    INSERT INTO share_measure ({", ".join(_COLUMNS)})
    SELECT * FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(_COLUMNS, _TYPES, strict=True))})
    ON CONFLICT (share_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])}
""")


async def promise(tx: Transaction) -> None:
    """Say that measures will follow what this transaction writes; else the database forgets them."""
    await tx.run(_PROMISE)


async def relations(tx: Transaction, wanted: Iterable[tuple[UUID, str]]) -> Sequence[Any]:
    """Return all touches of each of (author, person): the number of the relation, from 1 on, and what a touch is."""
    authors, persons = zip(*wanted, strict=True)
    return (await tx.run(_RELATIONS, {"authors": list(authors), "persons": list(persons)})).all()


async def favours(tx: Transaction, wanted: Sequence[tuple[UUID, UUID, datetime, datetime]]) -> Sequence[Any]:
    """Return the touches between two ambassadors, both ways, for each of (one, other, since, until), with `new`."""
    names = ("ones", "others", "since", "until")
    return (await tx.run(_FAVOURS, dict(zip(names, map(list, zip(*wanted, strict=True)), strict=True)))).all()


async def shares_of_weeks(tx: Transaction, zones: Mapping[UUID, str]) -> Sequence[Any]:
    """Return the shares of the weeks of these shares (by share, its time zone), some of their neighbours too."""
    return (await tx.run(_OF_WEEKS, {"shares": list(zones), "zones": list(zones.values())})).all()


async def forget(tx: Transaction, share_ids: Collection[UUID]) -> None:
    """Forget what shares have come to; they are read whole when something concerns them."""
    await tx.run(_FORGET, {"shares": list(share_ids)})


async def put(tx: Transaction, rows: Collection[tuple[object, ...]]) -> None:
    """Hold measures: share, ambassador, version of the rules, and what the share has come to."""
    if rows:
        columns = map(list, zip(*rows, strict=True))
        await tx.run(_PUT, dict(zip(_COLUMNS, columns, strict=True)))
