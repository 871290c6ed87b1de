"""Every statement about programmes and ambassadors."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.members.tables import (
    CohortMember,
    Member,
    MemberCampaign,
    MemberCohort,
    MemberProgramme,
    MemberTeam,
    PlannedSeasonRow,
)

ProgrammeAndSeason = tuple[MemberProgramme, PlannedSeasonRow | None]


async def remember(tx: Transaction, row: SQLModel) -> None:
    """Insert a row unless one of its key is there: what these events tell never changes."""
    await tx.run(insert(type(row)).values(**row.model_dump()).on_conflict_do_nothing())


_HOLD = text("""
    SELECT pg_advisory_xact_lock_shared(hashtextextended(id::text, 0))
    FROM unnest(CAST(:ids AS uuid[])) AS id ORDER BY id
""")
_HOLD_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:id AS text), 0))")


async def hold(tx: Transaction, programme_ids: Collection[UUID]) -> None:
    """Keep the calendars of programmes as they are, there or not, until the commit; many may do so at once."""
    await tx.run(_HOLD, {"ids": list(programme_ids)})


async def hold_alone(tx: Transaction, programme_id: UUID) -> None:
    """Wait until nobody holds the programme's calendar, and hold it alone until the commit."""
    await tx.run(_HOLD_ALONE, {"id": str(programme_id)})


async def find(tx: Transaction, ambassador_id: UUID) -> Member | None:
    """Return an ambassador."""
    return await tx.session.get(Member, ambassador_id)


async def teams_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return team by ambassador."""
    query = select(Member.id, Member.team_id).where(col(Member.id) == any_of(ambassador_ids))
    return dict((await tx.session.exec(query)).all())


async def programmes(tx: Transaction, ids: Collection[UUID] | None) -> list[ProgrammeAndSeason]:
    """Return those of the programmes that are known, or all, by id: a row for each planned season, or one without."""
    query = (
        select(MemberProgramme, PlannedSeasonRow)
        .outerjoin(PlannedSeasonRow, col(PlannedSeasonRow.programme_id) == MemberProgramme.id)
        .order_by(col(MemberProgramme.id), col(PlannedSeasonRow.first_monday))
    )
    found = await tx.session.exec(query if ids is None else query.where(col(MemberProgramme.id).in_(ids)))
    return [(programme, season) for programme, season in found]


async def planned_seasons(tx: Transaction, programme_id: UUID) -> list[PlannedSeasonRow]:
    """Return the planned seasons of a programme, in the order of time."""
    query = select(PlannedSeasonRow).where(PlannedSeasonRow.programme_id == programme_id)
    return list((await tx.session.exec(query.order_by(col(PlannedSeasonRow.first_monday)))).all())


async def of_subject(tx: Transaction, subject_key: str) -> list[Member]:
    """Return the ambassadors that a person is."""
    query = select(Member).where(Member.subject_key == subject_key).order_by(col(Member.id))
    return list((await tx.session.exec(query)).all())


async def find_own(tx: Transaction, programme_id: UUID, subject_key: str) -> Member | None:
    """Return who a person is in a programme: the newest, where they joined more than once."""
    query = (
        select(Member)
        .where(Member.subject_key == subject_key, Member.programme_id == programme_id)
        .order_by(col(Member.enrolled_on).desc(), col(Member.id).desc())
        .limit(1)
    )
    return (await tx.session.exec(query)).first()


async def enrolled_since(tx: Transaction, programme_id: UUID, day: date) -> list[UUID]:
    """Return the ids of who joined on a day or later."""
    query = select(Member.id).where(Member.programme_id == programme_id, col(Member.enrolled_on) >= day)
    return list((await tx.session.exec(query)).all())


async def known(tx: Transaction, ids: Collection[UUID]) -> list[Member]:
    """Return those of the ambassadors who are known."""
    return list((await tx.session.exec(select(Member).where(col(Member.id) == any_of(ids)))).all())


async def of_teams(tx: Transaction, team_ids: Collection[UUID]) -> list[Member]:
    """Return everybody in these teams."""
    return list((await tx.session.exec(select(Member).where(col(Member.team_id) == any_of(team_ids)))).all())


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return the ids of ambassadors of a programme, in order, from just after `last`."""
    query = select(Member.id).where(Member.programme_id == programme_id)
    if last is not None:
        query = query.where(col(Member.id) > last)
    return list((await tx.session.exec(query.order_by(col(Member.id)).limit(limit))).all())


async def teams_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return the ids of teams that somebody is in, in order, from just after `last`."""
    query = select(Member.team_id).distinct().where(Member.programme_id == programme_id)
    if last is not None:
        query = query.where(col(Member.team_id) > last)
    return list((await tx.session.exec(query.order_by(col(Member.team_id)).limit(limit))).all())


async def find_team(tx: Transaction, team_id: UUID) -> MemberTeam | None:
    """Return a team."""
    return await tx.session.get(MemberTeam, team_id)


async def is_in_team(tx: Transaction, programme_id: UUID, team_id: UUID) -> bool:
    """Return whether somebody of a programme is in a team."""
    query = select(Member.id).where(Member.programme_id == programme_id, Member.team_id == team_id).limit(1)
    return (await tx.session.exec(query)).first() is not None


async def find_campaign(tx: Transaction, campaign_id: UUID) -> MemberCampaign | None:
    """Return a campaign."""
    return await tx.session.get(MemberCampaign, campaign_id)


async def find_cohort(tx: Transaction, cohort_id: UUID) -> MemberCohort | None:
    """Return a cohort."""
    return await tx.session.get(MemberCohort, cohort_id)


_COHORT = text("""
    INSERT INTO member_cohort AS held (id, programme_id, name, version) VALUES (:id, :programme_id, :name, :version)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version
    WHERE held.version < excluded.version
    RETURNING id
""")
_LEAVE = text("DELETE FROM cohort_member WHERE cohort_id = :id RETURNING ambassador_id")
_JOIN = text("INSERT INTO cohort_member SELECT :id, unnest(CAST(:people AS uuid[]))")


async def replace_cohort(tx: Transaction, row: MemberCohort, people: Collection[UUID]) -> set[UUID]:
    """Let these, and nobody else, be in a cohort, unless a later version is held; returns who was or is in it."""
    if (await tx.run(_COHORT, row.model_dump())).first() is None:
        return set()
    gone = set((await tx.run(_LEAVE, {"id": row.id})).scalars())
    await tx.run(_JOIN, {"id": row.id, "people": list(people)})
    return gone | set(people)


async def cohort_members(tx: Transaction, cohort_id: UUID) -> set[UUID]:
    """Return who is in a cohort."""
    query = select(CohortMember.ambassador_id).where(CohortMember.cohort_id == cohort_id)
    return set((await tx.session.exec(query)).all())


async def locked_campaigns(tx: Transaction, programme_id: UUID) -> list[str]:
    """Return the names of a programme's campaigns with locked captions, by name."""
    query = select(MemberCampaign.name).where(
        MemberCampaign.programme_id == programme_id, col(MemberCampaign.captions_locked)
    )
    return list((await tx.session.exec(query.order_by(col(MemberCampaign.name)))).all())
