"""Every statement about conversations, their owners and reminders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, delete, exists, inspect, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from libs.storage.database import Transaction
from services.engagement.conversations.domain import Conversation, Plan, ShareTalk, State, WeekTalk
from services.engagement.conversations.tables import ConversationRow, EngagementAmbassador, ReminderPlan

Place = tuple[datetime, UUID]
ANSWERED = col(ConversationRow.answered_at).is_not(None)
DISMISSED = col(ConversationRow.dismissed_at).is_not(None)
IN_STATE: Mapping[State, Sequence[ColumnElement[bool]]] = {
    "waiting": (~ANSWERED, ~DISMISSED),
    "answered": (ANSWERED,),
    "dismissed": (~ANSWERED, DISMISSED),
}
_ADD = text("""
    INSERT INTO conversation (interaction_id, programme_id, ambassador_id, share_id, person, colleague_id, asked_at)
    SELECT * FROM unnest(CAST(:interaction_ids AS uuid[]), CAST(:programme_ids AS uuid[]),
        CAST(:ambassador_ids AS uuid[]), CAST(:share_ids AS uuid[]), CAST(:persons AS text[]),
        CAST(:colleague_ids AS uuid[]), CAST(:asked_at AS timestamptz[]))
    ON CONFLICT DO NOTHING
""")
# the first reply counts, whichever of several comes first
_ANSWER = text("""
    UPDATE conversation c SET answered_at = a.at
    FROM unnest(CAST(:interaction_ids AS uuid[]), CAST(:times AS timestamptz[])) AS a(id, at)
    WHERE c.interaction_id = a.id AND (c.answered_at IS NULL OR a.at < c.answered_at)
""")
_ANSWER_ANEW = text("""
    UPDATE conversation c SET answered_at = a.at
    FROM unnest(CAST(:interaction_ids AS uuid[]), CAST(:times AS timestamptz[])) AS a(id, at)
    WHERE c.interaction_id = a.id
""")
# minutes are clamped as in `minutes_between`, and not rounded
_MINUTES = "greatest(0, extract(epoch FROM answered_at - asked_at)) / 60"
_RETURNING = """
    EXISTS (SELECT FROM conversation e WHERE e.ambassador_id = c.ambassador_id AND e.person = c.person
              AND e.asked_at < c.asked_at AND e.share_id <> c.share_id)
"""
_BY_SHARE = f"""
    SELECT share_id, count(*) AS comments, count(answered_at) AS answered,
           count(*) FILTER (WHERE answered_at IS NULL AND dismissed_at IS NOT NULL) AS dismissed,
           min(asked_at) FILTER (WHERE answered_at IS NULL AND dismissed_at IS NULL) AS oldest_waiting,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY {_MINUTES}) FILTER (WHERE answered_at IS NOT NULL)
               AS median_minutes,
           count(DISTINCT person) AS commenters,
           count(DISTINCT person) FILTER (WHERE returning_person) AS returning
    FROM (SELECT c.*, {_RETURNING} AS returning_person FROM conversation c
          WHERE c.ambassador_id = ANY(CAST(:ambassador_ids AS uuid[])) {{before}}) talk
    GROUP BY share_id ORDER BY share_id DESC LIMIT :limit
"""
_SHARES = text(_BY_SHARE.format(before=""))
_SHARES_BEFORE = text(_BY_SHARE.format(before="AND c.share_id < :before"))
_WEEKS = text(f"""
    SELECT CAST(date_trunc('week', asked_at AT TIME ZONE :time_zone) AS date) AS monday,
           count(DISTINCT ambassador_id) AS authors, count(*) AS comments, count(answered_at) AS answered,
           count(*) FILTER (WHERE answered_at IS NULL AND dismissed_at IS NOT NULL) AS dismissed,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY {_MINUTES}) FILTER (WHERE answered_at IS NOT NULL)
               AS median_minutes,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY {_MINUTES}) FILTER (WHERE answered_at IS NOT NULL)
               AS p90_minutes,
           count(DISTINCT (ambassador_id, person)) AS commenters,
           count(DISTINCT (ambassador_id, person)) FILTER (WHERE returning_person) AS returning
    FROM (SELECT c.*, {_RETURNING} AS returning_person FROM conversation c
          WHERE c.programme_id = :programme_id AND c.asked_at >= :since AND c.asked_at < :until) talk
    GROUP BY monday ORDER BY monday
""")
_UNTOLD = "answered_at IS NULL AND dismissed_at IS NULL AND told_at IS NULL"
# from one programme to the next in the index, however many comments each has
_PROGRAMMES = text(f"""
    WITH RECURSIVE next(programme_id) AS (
        (SELECT programme_id FROM conversation WHERE {_UNTOLD} ORDER BY programme_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.programme_id FROM conversation c WHERE {_UNTOLD} AND c.programme_id > next.programme_id
                ORDER BY c.programme_id LIMIT 1)
        FROM next WHERE next.programme_id IS NOT NULL
    )
    SELECT programme_id FROM next WHERE programme_id IS NOT NULL
""")
# a row that another transaction holds is left: it is being told elsewhere, answered or dismissed
_CLAIM = text(f"""
    WITH due AS MATERIALIZED (
        SELECT interaction_id FROM conversation
        WHERE {_UNTOLD} AND programme_id = :programme_id AND asked_at > :since AND asked_at <= :until
        ORDER BY asked_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE conversation c SET told_at = :now FROM due WHERE c.interaction_id = due.interaction_id
    RETURNING c.interaction_id, c.programme_id, c.ambassador_id, c.share_id, c.colleague_id, c.asked_at,
              c.answered_at, c.dismissed_at, false AS returning
""")


async def add(tx: Transaction, columns: Mapping[str, Sequence[Any]]) -> None:  # Any: each column has its own type
    """Insert comments given by columns."""
    await tx.run(_ADD, columns)


async def answer(tx: Transaction, replies: Mapping[UUID, datetime]) -> None:
    """Note for each comment when it was answered, unless an earlier answer is known."""
    ids = sorted(replies)
    await tx.run(_ANSWER, {"interaction_ids": ids, "times": [replies[id_] for id_ in ids]})


async def answer_anew(tx: Transaction, replies: Mapping[UUID, datetime | None]) -> None:
    """Note for each comment when it was first answered, whatever was known; None where it is not."""
    ids = sorted(replies)
    await tx.run(_ANSWER_ANEW, {"interaction_ids": ids, "times": [replies[id_] for id_ in ids]})


async def remove(tx: Transaction, interaction_ids: Sequence[UUID]) -> None:
    """Delete the conversations that began with these comments."""
    await tx.run(delete(ConversationRow).where(col(ConversationRow.interaction_id).in_(interaction_ids)))


async def listed(
    tx: Transaction,
    ambassadors: Collection[UUID],
    state: State,
    *,
    share_id: UUID | None,
    after: Place | None,
    limit: int,
) -> list[Conversation]:
    """Return conversations after a place: those that wait from the oldest on, all others from the newest."""
    # one id in an IN is an equality, so that the index gives the order
    of = [col(ConversationRow.ambassador_id).in_(ambassadors), *IN_STATE[state]]
    if share_id:
        of.append(col(ConversationRow.share_id) == share_id)
    order = (col(ConversationRow.asked_at), col(ConversationRow.interaction_id))
    oldest_first = state == "waiting"
    if after:
        of.append(tuple_(*order) > after if oldest_first else tuple_(*order) < after)
    query = _rows().where(*of).order_by(*(order if oldest_first else [one.desc() for one in order])).limit(limit)
    return [_conversation(row) for row in (await tx.run(query)).mappings()]


async def hold(tx: Transaction, interaction_id: UUID) -> Conversation | None:
    """Return one conversation and hold it until the transaction ends."""
    query = _rows().where(col(ConversationRow.interaction_id) == interaction_id)
    row = (await tx.run(query.with_for_update(of=ConversationRow))).mappings().one_or_none()
    return _conversation(row) if row else None


async def dismiss(tx: Transaction, interaction_id: UUID, *, now: datetime) -> None:
    """Note when it was said that a comment needs no answer."""
    await tx.run(
        text("UPDATE conversation SET dismissed_at = :now WHERE interaction_id = :id"),
        {"id": interaction_id, "now": now},
    )


async def share_by_share(
    tx: Transaction, ambassadors: Collection[UUID], *, before: UUID | None, limit: int
) -> list[ShareTalk]:
    """Return the conversations of each share in numbers, the newest share (by its UUIDv7) first."""
    values = {"ambassador_ids": list(ambassadors), "limit": limit}
    if before:
        found = await tx.run(_SHARES_BEFORE, {**values, "before": before})
    else:
        found = await tx.run(_SHARES, values)
    return [ShareTalk(**row) for row in found.mappings()]


async def week_by_week(
    tx: Transaction, programme_id: UUID, *, time_zone: str, since: datetime, until: datetime
) -> list[WeekTalk]:
    """Return the weeks of a programme in which comments came, in numbers."""
    values = {"programme_id": programme_id, "time_zone": time_zone, "since": since, "until": until}
    return [WeekTalk(**row) for row in (await tx.run(_WEEKS, values)).mappings()]


async def programmes_with_untold(tx: Transaction) -> list[UUID]:
    """Return the programmes in which a comment waits that nobody was told of."""
    return list((await tx.run(_PROGRAMMES)).scalars())


async def claim(
    tx: Transaction, programme_id: UUID, *, since: datetime, until: datetime, now: datetime, most: int
) -> list[Conversation]:
    """Mark comments of that time that wait as told, and return them: each once, whoever else claims."""
    values = {"programme_id": programme_id, "since": since, "until": until, "now": now, "most": most}
    return [_conversation(row) for row in (await tx.run(_CLAIM, values)).mappings()]


async def find_plan(tx: Transaction, programme_id: UUID) -> Plan | None:
    """Return what a programme has chosen."""
    row = await tx.session.get(ReminderPlan, programme_id)
    return Plan(after_hours=row.after_hours, quiet_from=row.quiet_from, quiet_until=row.quiet_until) if row else None


async def put_plan(tx: Transaction, programme_id: UUID, plan: Plan, *, now: datetime) -> None:
    """Put a choice in the place of the one before."""
    values = {**asdict(plan), "set_at": now}
    statement = insert(ReminderPlan).values(programme_id=programme_id, **values)
    await tx.run(statement.on_conflict_do_update(index_elements=["programme_id"], set_=values))


async def add_ambassador(tx: Transaction, row: Mapping[str, object]) -> None:
    """Insert an ambassador unless they are there."""
    await tx.run(insert(EngagementAmbassador).values(row).on_conflict_do_nothing())


async def find_ambassador(tx: Transaction, ambassador_id: UUID) -> EngagementAmbassador | None:
    """Return an ambassador."""
    return await tx.session.get(EngagementAmbassador, ambassador_id)


async def ambassadors_of(tx: Transaction, subject_key: str) -> list[EngagementAmbassador]:
    """Return who a person is, in each programme that they joined."""
    query = select(EngagementAmbassador).where(col(EngagementAmbassador.subject_key) == subject_key)
    return list((await tx.run(query)).scalars())


def _rows() -> Select[Any]:  # Any: so many columns that naming each type would say less
    earlier = aliased(ConversationRow)
    returning = exists().where(
        col(earlier.ambassador_id) == col(ConversationRow.ambassador_id),
        col(earlier.person) == col(ConversationRow.person),
        col(earlier.asked_at) < col(ConversationRow.asked_at),
        col(earlier.share_id) != col(ConversationRow.share_id),
    )
    return select(*inspect(ConversationRow).columns, returning.label("returning"))


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        interaction_id=row["interaction_id"],
        programme_id=row["programme_id"],
        ambassador_id=row["ambassador_id"],
        share_id=row["share_id"],
        colleague=row["colleague_id"] is not None,
        returning=row["returning"],
        asked_at=row["asked_at"],
        answered_at=row["answered_at"],
        dismissed_at=row["dismissed_at"],
    )
