"""Every statement about clicks; all work on sets, in the order of keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, text
from sqlmodel import col, select

from libs.events.gateway import Visit
from libs.events.sharing import Verdict
from libs.storage.database import Transaction
from services.sharing.clicks.domain import VALID, Seen
from services.sharing.clicks.tables import ClickRow

COLUMNS = {
    "visit_id": "uuid",
    "link_id": "uuid",
    "seen_at": "timestamptz",
    "visitor": "text",
    "network": "text",
    "agent": "text",
    "prefetch": "boolean",
}
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS.items())
_ADD = text(f"""
    INSERT INTO click (id, link_id, seen_at, visitor, network, agent, prefetch)
    SELECT * FROM unnest({_ARRAYS}) ON CONFLICT DO NOTHING RETURNING link_id
""")
SEEN = ("seen_at", "visitor", "network", "agent", "prefetch")
_SEEN = "c.id, c.link_id, c.seen_at, c.visitor, c.network, c.agent, c.prefetch"
_WAITING = text(f"""
    SELECT {_SEEN} FROM click c WHERE c.link_id = ANY(CAST(:link_ids AS uuid[])) AND c.verdict IS NULL
    ORDER BY c.seen_at, c.id
""")
_VALID = text(f"""
    SELECT {_SEEN} FROM click c JOIN unnest(CAST(:link_ids AS uuid[]), CAST(:networks AS text[])) AS n(link_id, network)
    ON c.link_id = n.link_id AND c.network = n.network WHERE c.verdict = '{VALID}'
""")
_SAY = text("""
    UPDATE click SET verdict = said.verdict
    FROM unnest(CAST(:ids AS uuid[]), CAST(:verdicts AS text[])) AS said(id, verdict) WHERE click.id = said.id
""")
_FORGET = text("""
    DELETE FROM click WHERE id = ANY(ARRAY(SELECT id FROM click WHERE seen_at < :before ORDER BY seen_at LIMIT :limit))
    RETURNING 1
""")


async def add_new(tx: Transaction, visits: Sequence[Visit]) -> list[UUID]:
    """Insert the visits that are not there yet; returns the link of each of these. Their links must be held."""
    ordered = sorted(visits, key=lambda visit: visit.visit_id)
    found = await tx.run(_ADD, {name: [getattr(visit, name) for visit in ordered] for name in COLUMNS})
    return list(found.scalars())


async def waiting(tx: Transaction, link_ids: Collection[UUID]) -> dict[UUID, list[Seen]]:
    """Return the visits without a verdict, by link, in the order in which they were seen."""
    return _by_link((await tx.run(_WAITING, {"link_ids": list(link_ids)})).mappings())


async def valid(tx: Transaction, networks: Collection[tuple[UUID, str]]) -> dict[UUID, list[Seen]]:
    """Return what counts already on links from networks, by link."""
    pairs = sorted(networks)
    found = await tx.run(_VALID, {"link_ids": [one for one, _ in pairs], "networks": [one for _, one in pairs]})
    return _by_link(found.mappings())


def _by_link(rows: Iterable[RowMapping]) -> dict[UUID, list[Seen]]:
    found = defaultdict[UUID, list[Seen]](list)
    for row in rows:
        values: dict[str, Any] = {name: row[name] for name in SEEN}
        found[row["link_id"]].append(Seen(click_id=row["id"], **values))
    return found


async def say(tx: Transaction, verdicts: Mapping[UUID, Verdict]) -> None:
    """Write verdicts."""
    ids = sorted(verdicts)
    await tx.run(_SAY, {"ids": ids, "verdicts": [verdicts[one] for one in ids]})


async def count(tx: Transaction, link_id: UUID) -> dict[str | None, int]:
    """Return how many visits a link had, by verdict."""
    query = select(ClickRow.verdict, func.count()).where(ClickRow.link_id == link_id).group_by(col(ClickRow.verdict))
    return dict((await tx.session.exec(query)).all())


async def forget(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Delete visits that were seen before a time, so many at most; returns how many."""
    return len((await tx.run(_FORGET, {"before": before, "limit": limit})).all())
