"""Statements that read the next rows of an export after a place, along an index; they only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import TextClause, text

from libs.storage.database import Transaction
from services.engagement.exports.domain import SharePlace, Wanted

OfShares = Literal["interactions", "readings"]
Found = dict[str, Any]  # Any: a row as the database returns it
_SHARES = text("""
    SELECT share_id, ambassador_id, team_id, item_id, campaign_id, network, published_at, words, audience
    FROM measured_share
    WHERE programme_id = :programme_id AND published_at >= :since AND published_at < :until
      AND (published_at, share_id) > (CAST(:at AS timestamptz), CAST(:share_id AS uuid))
    ORDER BY published_at, share_id LIMIT :limit
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table of what hangs on shares: the columns of its order within a share, with their types, and its time."""

    name: str
    columns: str
    order: Mapping[str, str]
    time: str

    @property
    def _order(self) -> str:
        return ", ".join(f"t.{name}" for name in self.order)

    @property
    def rest_of_share(self) -> TextClause:
        """The statement for the rows of one share after a place."""
        place = ", ".join(f"CAST(:{name} AS {kind})" for name, kind in self.order.items())
        return text(f"""
            SELECT CAST(:at AS timestamptz) AS published_at, {self.columns} FROM {self.name} t
            WHERE t.share_id = :share_id AND ({self._order}) > ({place})
              AND t.{self.time} >= :since AND t.{self.time} < :until
            ORDER BY {self._order} LIMIT :limit
        """)

    @property
    def of_next_shares(self) -> TextClause:
        """The statement for the rows of the shares after one, in their order; a day of grace as networks round."""
        return text(f"""
            SELECT s.published_at, t.* FROM measured_share s CROSS JOIN LATERAL (
                SELECT {self.columns} FROM {self.name} t
                WHERE t.share_id = s.share_id AND t.{self.time} >= :since AND t.{self.time} < :until
            ) t
            WHERE s.programme_id = :programme_id AND (s.published_at, s.share_id) > (:at, CAST(:share_id AS uuid))
              AND s.published_at < CAST(:until AS timestamptz) + interval '1 day'
            ORDER BY s.published_at, s.share_id, {self._order} LIMIT :limit
        """)


_TABLES: Mapping[OfShares, _Table] = {
    "interactions": _Table(
        name="interaction",
        columns="t.interaction_id, t.share_id, t.kind, t.goal, t.person, t.colleague_id, t.source, t.provenance, "
        "t.occurred_at, t.asked_at, t.withdrawn_at",
        order={"kind": "text", "occurred_at": "timestamptz", "interaction_id": "uuid"},
        time="occurred_at",
    ),
    "readings": _Table(
        name="reading",
        columns="t.share_id, t.kind, t.count, t.provenance, t.read_at",
        order={"kind": "text", "read_at": "timestamptz", "provenance": "text"},
        time="read_at",
    ),
}


async def next_shares(tx: Transaction, wanted: Wanted, after: SharePlace, *, limit: int) -> list[Found]:
    """Return the next shares in the order in which they were published."""
    found = await tx.run(_SHARES, {**_of(wanted), **_place(after), "limit": limit})
    return [dict(row) for row in found.mappings()]


async def rest_of_share(tx: Transaction, table: OfShares, wanted: Wanted, last: Found, *, limit: int) -> list[Found]:
    """Return the rows of a share that come after its row `last`."""
    form = _TABLES[table]
    values = {**_of(wanted), "at": last["published_at"], "share_id": last["share_id"], "limit": limit}
    del values["programme_id"]
    found = await tx.run(form.rest_of_share, {**values, **{name: last[name] for name in form.order}})
    return [dict(row) for row in found.mappings()]


async def of_next_shares(
    tx: Transaction, table: OfShares, wanted: Wanted, after: SharePlace, *, limit: int
) -> list[Found]:
    """Return the next rows of the shares that come after a share."""
    found = await tx.run(_TABLES[table].of_next_shares, {**_of(wanted), **_place(after), "limit": limit})
    return [dict(row) for row in found.mappings()]


def _of(wanted: Wanted) -> dict[str, UUID | datetime | int]:
    return {"programme_id": wanted.programme_id, "since": wanted.since, "until": wanted.until}


def _place(after: SharePlace) -> dict[str, UUID | datetime]:
    return {"at": after.published_at, "share_id": after.share_id}
