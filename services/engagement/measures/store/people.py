"""Statements about how people take part, and about what an alert looks for; people are only ever counted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from libs.storage.database import Transaction
from services.engagement.measures.domain.numbers import ENGAGEMENT
from services.engagement.measures.domain.participation import MOST_POSTS_A_WEEK, ONE_COPY, Counted, Month
from services.engagement.measures.domain.periods import Span

_MEMBERS = text("""
    SELECT count(*) AS members,
           count(*) FILTER (WHERE ever) AS adopted,
           count(*) FILTER (WHERE this_month) AS active,
           count(*) FILTER (WHERE enrolled_on <= :settled) AS settled,
           count(*) FILTER (WHERE enrolled_on <= :settled AND NOT ever) AS silent
    FROM (
        SELECT m.enrolled_on,
               EXISTS (SELECT FROM measured_share s
                       WHERE s.ambassador_id = m.ambassador_id AND s.published_at < :end) AS ever,
               EXISTS (SELECT FROM measured_share s
                       WHERE s.ambassador_id = m.ambassador_id AND s.published_at >= :start
                         AND s.published_at < :end) AS this_month
        FROM measured_member m WHERE m.programme_id = :programme_id AND m.enrolled_on <= :until
    ) member
""")
_ZEALOUS = text("""
    SELECT count(DISTINCT ambassador_id) AS zealous FROM (
        SELECT s.ambassador_id
        FROM measured_share s JOIN measured_member m USING (ambassador_id)
        WHERE s.programme_id = :programme_id AND s.published_at >= :first AND s.published_at < :last
          AND m.enrolled_on <= :until
        GROUP BY s.ambassador_id, width_bucket(s.published_at, CAST(:mondays AS timestamptz[]))
        HAVING count(*) > :most
    ) week
""")
_TEXTS = text("""
    SELECT count(*) AS shares, count(DISTINCT ambassador_id) AS authors,
           count(*) FILTER (WHERE parrot >= :one_copy) AS parroted,
           count(*) FILTER (WHERE words > 0) AS measured_texts,
           COALESCE(avg(1 - copied::float8 / words) FILTER (WHERE words > 0), 0) AS originality
    FROM measured_share
    WHERE programme_id = :programme_id AND published_at >= :start AND published_at < :end
""")
_ACTIVE_IN_CAMPAIGN = text("SELECT count(DISTINCT ambassador_id) FROM measured_share WHERE campaign_id = :campaign_id")
_COPIED = text("""
    SELECT count(*) AS shares, count(DISTINCT ambassador_id) AS people,
           count(*) FILTER (WHERE words > 0 AND copied >= CAST(:part AS float8) * words) AS copied
    FROM measured_share
    WHERE programme_id = :programme_id AND published_at >= :start AND published_at < :end
""")
# every kind of engagement, counted one by one or reported; `first` is 1 for the latest share of the programme
_MET = """
    met AS (
        SELECT s.share_id, s.item_id, s.ambassador_id, s.published_at,
               EXISTS (SELECT FROM interaction_counter c WHERE c.share_id = s.share_id AND c.counted > 0
                         AND c.kind = ANY(CAST(:kinds AS text[])))
               OR EXISTS (SELECT FROM reading_latest r WHERE r.share_id = s.share_id AND r.count > 0
                         AND r.kind = ANY(CAST(:kinds AS text[])) AND NOT r.estimated) AS met,
               row_number() OVER (ORDER BY s.published_at DESC, s.share_id DESC) AS place
        FROM measured_share s
        WHERE s.programme_id = :programme_id AND s.published_at >= :start AND s.published_at < :end
    )
"""
_UNMET = text(f"""
    WITH {_MET}
    SELECT NULL::uuid AS item_id, count(*) AS shares, count(DISTINCT ambassador_id) AS people,
           min(published_at) AS since
    FROM met WHERE place <= :least HAVING count(*) >= :least AND NOT bool_or(met)
    UNION ALL
    SELECT item_id, count(*), count(DISTINCT ambassador_id), min(published_at)
    FROM met WHERE item_id IS NOT NULL GROUP BY item_id HAVING count(*) >= :least AND NOT bool_or(met)
    ORDER BY item_id NULLS FIRST
""")
_UNANSWERED = text("""
    SELECT count(*) AS comments, count(DISTINCT s.ambassador_id) AS people, min(i.occurred_at) AS since
    FROM measured_share s JOIN interaction i ON i.share_id = s.share_id AND i.kind = 'comment'
    WHERE s.programme_id = :programme_id AND s.published_at >= :start AND i.occurred_at >= :start
      AND i.occurred_at < :end AND i.colleague_id IS DISTINCT FROM i.ambassador_id AND i.withdrawn_at IS NULL
      AND NOT EXISTS (
          SELECT FROM interaction r
          WHERE r.share_id = i.share_id AND r.kind = 'reply' AND r.source = i.source AND r.answers = i.external_id
            AND r.withdrawn_at IS NULL
      )
      AND NOT EXISTS (
          SELECT FROM conversation c WHERE c.interaction_id = i.interaction_id AND c.dismissed_at IS NOT NULL
      )
""")


async def participation_of(tx: Transaction, programme_id: UUID, month: Month) -> Counted:
    """Count a month's members and what they did; a share by somebody who is no member counts as a text only."""
    span = {"programme_id": programme_id, "start": month.span.start, "end": month.span.end}
    of_members = {**span, "until": month.members_until, "settled": month.settled_until}
    members = (await tx.run(_MEMBERS, of_members)).mappings().one()
    weeks = {
        "programme_id": programme_id,
        "first": month.mondays[0],
        "last": month.mondays[-1],
        "mondays": list(month.mondays),
        "until": month.members_until,
        "most": MOST_POSTS_A_WEEK,
    }
    zealous = (await tx.run(_ZEALOUS, weeks)).scalar_one()
    texts = (await tx.run(_TEXTS, {**span, "one_copy": ONE_COPY})).mappings().one()
    return Counted(**members, **texts, zealous=zealous)


async def active_in_campaign(tx: Transaction, campaign_id: UUID) -> int:
    """Return how many ambassadors have published a share of a campaign."""
    return int((await tx.run(_ACTIVE_IN_CAMPAIGN, {"campaign_id": campaign_id})).scalar_one())


async def copied_of(tx: Transaction, programme_id: UUID, span: Span, *, part: float) -> RowMapping:
    """Return shares, people, and of how many shares at least this part of the words is copied."""
    values = {"programme_id": programme_id, "start": span.start, "end": span.end, "part": part}
    return (await tx.run(_COPIED, values)).mappings().one()


async def unmet_of(tx: Transaction, programme_id: UUID, span: Span, *, least: int) -> Sequence[RowMapping]:
    """Return the programme (no item) and the items of which so many shares in a row drew nothing at all."""
    values = {"programme_id": programme_id, "start": span.start, "end": span.end}
    found = await tx.run(_UNMET, {**values, "kinds": list(ENGAGEMENT), "least": least})
    return found.mappings().all()


async def unanswered_of(tx: Transaction, programme_id: UUID, *, since: datetime, before: datetime) -> RowMapping:
    """Count comments by others between two times that nobody has answered, and the authors whom they wait for."""
    values = {"programme_id": programme_id, "start": since, "end": before}
    return (await tx.run(_UNANSWERED, values)).mappings().one()
