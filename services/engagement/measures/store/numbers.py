"""Statements that count what groups of shares drew; each reads the shares that are meant, and what hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from libs.storage.database import Transaction
from services.engagement.measures.domain.numbers import ENGAGEMENT, KINDS, By, Converted, Number, Row, Tally
from services.engagement.measures.domain.periods import Span

# what a share is grouped by; the empty key is of shares that belong to no item or campaign
KEYS: Mapping[By, str] = {
    "share": "share_id::text",
    "item": "COALESCE(item_id::text, '')",
    "campaign": "COALESCE(campaign_id::text, '')",
    "team": "team_id::text",
    "network": "network",
    "programme": "programme_id::text",
}
_IN_SPAN = "programme_id = :programme_id AND published_at >= :start AND published_at < :end"
_CAMPAIGN = "campaign_id = :campaign_id"
# a colleague counts; the author does not, nor what was taken back
_COUNTS = "i.colleague_id IS DISTINCT FROM i.ambassador_id AND i.withdrawn_at IS NULL"
_TRUST = "CASE {0}.provenance WHEN 'measured' THEN 0 WHEN 'imported' THEN 1 ELSE 2 END"

# of each share and kind: the larger of people counted one by one and the latest report; estimates where neither is
EACH = f"""
    named AS (
        SELECT s.share_id, c.kind, c.counted AS people
        FROM picked s JOIN interaction_counter c USING (share_id)
        WHERE c.counted > 0 AND c.kind = ANY(CAST(:kinds AS text[]))
    ),
    unmeasured AS (
        SELECT i.share_id, i.kind, count(*) FILTER (WHERE i.provenance = 'imported') AS imported,
               count(*) FILTER (WHERE i.provenance = 'declared') AS declared
        FROM picked s JOIN interaction i USING (share_id)
        WHERE i.provenance <> 'measured' AND {_COUNTS}
        GROUP BY i.share_id, i.kind
    ),
    report AS (
        SELECT r.share_id, r.kind, r.count, r.read_at, r.provenance
        FROM picked s JOIN reading_latest r USING (share_id) WHERE NOT r.estimated
    ),
    guess AS (
        SELECT r.share_id, r.kind, r.count FROM picked s JOIN reading_latest r USING (share_id) WHERE r.estimated
    ),
    known AS (
        SELECT share_id, kind, COALESCE(n.people, 0) AS people, COALESCE(u.imported, 0) AS imported,
               COALESCE(u.declared, 0) AS declared, r.count AS report, r.read_at, r.provenance, g.count AS guess,
               COALESCE(r.count > COALESCE(n.people, 0), false) AS reported
        FROM named n FULL JOIN report r USING (share_id, kind) FULL JOIN guess g USING (share_id, kind)
        LEFT JOIN unmeasured u USING (share_id, kind)
    ),
    each AS (
        SELECT share_id, kind,
               CASE WHEN reported THEN CASE WHEN provenance = 'measured' THEN report ELSE 0 END
                    ELSE people - imported - declared END AS measured,
               CASE WHEN reported THEN CASE WHEN provenance = 'imported' THEN report ELSE 0 END
                    ELSE imported END AS imported,
               CASE WHEN reported THEN CASE WHEN provenance = 'declared' THEN report ELSE 0 END
                    ELSE declared END AS declared,
               CASE WHEN reported THEN 0 ELSE people END AS people,
               CASE WHEN report IS NULL AND people = 0 THEN COALESCE(guess, 0) ELSE 0 END AS estimated,
               CASE WHEN reported THEN read_at END AS read_at
        FROM known
    )
"""
_NUMBERS = """
    SELECT s.key, s.network, e.kind, sum(e.measured)::bigint AS measured, sum(e.imported)::bigint AS imported,
           sum(e.declared)::bigint AS declared, sum(e.people)::bigint AS people,
           sum(e.estimated)::bigint AS estimated, min(e.read_at) AS read_at
    FROM each e JOIN picked s USING (share_id) GROUP BY s.key, s.network, e.kind
"""
# first hours are looked up share by share: joined, the planner would rather read the interactions of everybody
_TALLIES = f"""
    , answers AS (
        SELECT share_id, count(*) AS number FROM (
            SELECT DISTINCT i.share_id, i.source, i.answers
            FROM picked s JOIN interaction i USING (share_id)
            WHERE i.kind = 'reply' AND i.person IS NOT NULL AND {_COUNTS}
        ) answered GROUP BY share_id
    )
    SELECT s.key, count(*) AS shares, COALESCE(sum(s.audience), 0)::bigint AS audience,
           sum(f.number)::bigint AS first_hour, COALESCE(sum(c.counted), 0)::bigint AS asked,
           COALESCE(sum(a.number), 0)::bigint AS answered
    FROM picked s
    LEFT JOIN interaction_counter c ON c.share_id = s.share_id AND c.kind = 'comment'
    LEFT JOIN answers a ON a.share_id = s.share_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM interaction i
        WHERE i.share_id = s.share_id AND i.kind = ANY(CAST(:engagement AS text[]))
          AND i.occurred_at < s.published_at + interval '1 hour' AND {_COUNTS}
    ) f
    GROUP BY s.key
"""
# once for each visitor and goal of a share, under the best provenance that it was reported with
_CONVERTED = f"""
    SELECT key, goal, count(*) FILTER (WHERE provenance = 'measured') AS measured,
           count(*) FILTER (WHERE provenance = 'imported') AS imported,
           count(*) FILTER (WHERE provenance = 'declared') AS declared
    FROM (
        SELECT DISTINCT ON (s.share_id, i.goal, i.person) s.key, i.goal, i.provenance
        FROM picked s JOIN interaction i USING (share_id)
        WHERE i.kind = 'conversion' AND {_COUNTS}
        ORDER BY s.share_id, i.goal, i.person, {_TRUST.format("i")}
    ) first
    GROUP BY key, goal
"""
PAGE_OF_SHARES = text(f"""
    SELECT share_id::text AS key, published_at FROM measured_share
    WHERE {_IN_SPAN} AND (CAST(:ids AS text[]) IS NULL OR share_id = ANY(CAST(CAST(:ids AS text[]) AS uuid[])))
      AND (published_at, share_id) > (CAST(:at AS timestamptz), CAST(:after AS uuid))
    ORDER BY published_at, share_id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Picked:
    """Which shares are meant, and the key that groups them."""

    statement: str
    values: Mapping[str, object]


def in_groups(programme_id: UUID, by: By, span: Span, keys: Sequence[str]) -> Picked:
    """Return the shares of a programme and a span that fall into these groups."""
    values = _span(programme_id, span)
    if by == "programme":  # its only group
        return _picked(KEYS[by], _IN_SPAN, values)
    if by == "share":  # the page has found them in this span; saying it again would mislead the planner
        return _picked(KEYS[by], "share_id = ANY(CAST(:keys AS uuid[]))", {"keys": [UUID(key) for key in keys]})
    if by == "network":
        return _picked(KEYS[by], f"{_IN_SPAN} AND network = ANY(CAST(:keys AS text[]))", {**values, "keys": list(keys)})
    ids = [UUID(key) for key in keys if key]
    those = f"{by}_id = ANY(CAST(:keys AS uuid[]))"
    if len(ids) < len(keys):
        those = f"({those} OR {by}_id IS NULL)"
    return _picked(KEYS[by], f"{_IN_SPAN} AND {those}", {**values, "keys": ids})


def of_campaign(campaign_id: UUID) -> Picked:
    """Return the shares of a campaign, as one group under its id."""
    return _picked("campaign_id::text", _CAMPAIGN, {"campaign_id": campaign_id})


def _picked(key: str, where: str, values: Mapping[str, object]) -> Picked:
    columns = f"share_id, network, published_at, audience, {key} AS key"
    return Picked(f"picked AS MATERIALIZED (SELECT {columns} FROM measured_share WHERE {where})", values)


async def page_of_shares(
    tx: Transaction, programme_id: UUID, span: Span, place: Mapping[str, object], *, limit: int
) -> list[RowMapping]:
    """Return key and time of the next shares, in the order in which they were published."""
    found = await tx.run(PAGE_OF_SHARES, {**_span(programme_id, span), **place, "limit": limit})
    return list(found.mappings())


async def page_of_groups(
    tx: Transaction, programme_id: UUID, by: By, span: Span, place: Mapping[str, object], *, limit: int
) -> list[str]:
    """Return the next keys that shares of a span are grouped under, in the order of their text."""
    query = f"""
        SELECT DISTINCT {KEYS[by]} COLLATE "C" AS key FROM measured_share
        WHERE {_IN_SPAN} AND (CAST(:ids AS text[]) IS NULL OR {KEYS[by]} = ANY(CAST(:ids AS text[])))
          AND (CAST(:after AS text) IS NULL OR {KEYS[by]} COLLATE "C" > CAST(:after AS text))
        ORDER BY key LIMIT :limit
    """
    found = await tx.run(text(query), {**_span(programme_id, span), **place, "limit": limit})
    return [row["key"] for row in found.mappings()]


async def numbers_of(tx: Transaction, picked: Picked) -> list[Row]:
    """Return the numbers of each kind by group and network."""
    found = await tx.run(text(f"WITH {picked.statement}, {EACH} {_NUMBERS}"), {**picked.values, "kinds": list(KINDS)})
    return [
        Row(key=row["key"], network=row["network"], kind=row["kind"], number=number_of(row)) for row in found.mappings()
    ]


async def tallies_of(tx: Transaction, picked: Picked) -> list[Tally]:
    """Return shares, audience, first hours and answers by group."""
    values = {**picked.values, "engagement": list(ENGAGEMENT)}
    found = await tx.run(text(f"WITH {picked.statement} {_TALLIES}"), values)
    return [Tally(**row) for row in found.mappings()]


async def converted_of(tx: Transaction, picked: Picked) -> list[Converted]:
    """Return visitors who reached a goal, by group and goal."""
    found = await tx.run(text(f"WITH {picked.statement} {_CONVERTED}"), picked.values)
    return [Converted(key=row["key"], goal=row["goal"], number=_people(row)) for row in found.mappings()]


def number_of(row: RowMapping) -> Number:
    """Return the number that a row of `each` holds, summed or not."""
    names = ("measured", "imported", "declared", "people", "estimated", "read_at")
    return Number(**{name: row[name] for name in names})


def _people(row: RowMapping) -> Number:
    parts: dict[str, Any] = {name: row[name] for name in ("measured", "imported", "declared")}  # Any: of one row
    return Number(**parts, people=sum(parts.values()))


def _span(programme_id: UUID, span: Span) -> dict[str, object]:
    return {"programme_id": programme_id, "start": span.start, "end": span.end}
