"""A question about one programme's week has a way along indexes to everything that it needs."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from libs.clock import new_id
from services.engagement.exports.domain import FIRST_ID, FIRST_TIME, LAST_TIME
from services.engagement.exports.store import _TABLES
from services.engagement.measures.domain.numbers import ENGAGEMENT, KINDS, By
from services.engagement.measures.domain.periods import Span
from services.engagement.measures.store import numbers
from tests.integration.engagement.measures.past import NOW, Past

LARGE = {"interaction", "reading", "reading_latest", "interaction_counter", "measured_share", "conversation"}
WEEK = Span(NOW, NOW)


async def scanned(past: Past, statement: str, values: Mapping[str, object]) -> set[str]:
    """The large tables that a statement would read whole although it could help it."""
    async with past.running.parts.db.transaction() as tx:
        await tx.run(text("SET LOCAL enable_seqscan = off"))
        plan = (await tx.run(text(f"EXPLAIN {statement}"), dict(values))).scalars().all()
    return {name for line in plan for name in LARGE if f"Seq Scan on {name} " in f"{line} "}


@pytest.mark.parametrize("by", ["share", "item", "campaign", "team", "network", "programme"])
async def test_measures_read_no_table_whole(past: Past, by: By) -> None:
    picked = numbers.in_groups(past.programme_id, by, WEEK, ["x"] if by == "network" else [str(new_id())])
    values = {**picked.values, "kinds": list(KINDS), "engagement": list(ENGAGEMENT)}
    for rest in (f", {numbers.EACH} {numbers._NUMBERS}", numbers._TALLIES, numbers._CONVERTED):
        assert await scanned(past, f"WITH {picked.statement} {rest}", values) == set()


async def test_exports_read_no_table_whole(past: Past) -> None:
    values = {
        "programme_id": past.programme_id,
        "since": FIRST_TIME,
        "until": LAST_TIME,
        "at": FIRST_TIME,
        "share_id": FIRST_ID,
        "limit": 10,
    }
    place = {"kind": "reaction", "occurred_at": NOW, "read_at": NOW, "interaction_id": FIRST_ID, "provenance": ""}
    for table in _TABLES.values():
        assert await scanned(past, table.of_next_shares.text, values) == set()
        assert await scanned(past, table.rest_of_share.text, {**values, **place}) == set()


async def test_a_table_that_is_read_whole_would_be_seen(past: Past) -> None:
    assert await scanned(past, "SELECT * FROM interaction WHERE words = 7", {}) == {"interaction"}
