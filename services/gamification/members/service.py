"""Use cases of members."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from libs.auth.errors import NotYours
from libs.auth.principal import Programmes, within
from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.gamification import SeasonPlanned
from libs.events.sharing import AmbassadorEnrolled, CohortFormed, TeamCreated
from libs.periods import PlannedSeason
from libs.storage.database import Transaction
from services.gamification.members import store
from services.gamification.members.domain import Calendar
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound
from services.gamification.members.tables import (
    Member,
    MemberCampaign,
    MemberCohort,
    MemberProgramme,
    MemberTeam,
    PlannedSeasonRow,
)


async def remember_programme(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep a programme's calendar.

    Whoever settles beside this either waits and then sees the calendar, or has committed and is seen from here on.
    """
    await store.hold_alone(tx, event.programme_id)
    row = MemberProgramme(id=event.programme_id, name=event.name, time_zone=event.time_zone, first_day=event.first_day)
    await store.remember(tx, row)


async def remember_ambassador(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep who an ambassador is."""
    row = Member(
        id=event.ambassador_id,
        programme_id=event.programme_id,
        team_id=event.team_id,
        subject_key=event.subject_key,
        enrolled_on=event.enrolled_on,
    )
    await store.remember(tx, row)


async def remember_team(tx: Transaction, event: TeamCreated) -> None:
    """Keep whose a team is."""
    await store.remember(tx, MemberTeam(id=event.team_id, programme_id=event.programme_id))


async def remember_campaign(tx: Transaction, event: CampaignCreated) -> None:
    """Keep whose a campaign is, and whether its captions are locked."""
    row = MemberCampaign(
        id=event.campaign_id,
        programme_id=event.programme_id,
        name=event.name,
        captions_locked=event.captions_locked,
    )
    await store.remember(tx, row)


async def remember_cohort(tx: Transaction, event: CohortFormed) -> set[UUID]:
    """Keep who is in a cohort, unless a later version is known; returns who was or is in it, nobody otherwise."""
    row = MemberCohort(id=event.cohort_id, programme_id=event.programme_id, name=event.name, version=event.version)
    return await store.replace_cohort(tx, row, set(event.ambassador_ids))


async def get_ambassador(tx: Transaction, ambassador_id: UUID, *, among: Programmes) -> Member:
    """Return an ambassador of the programmes `among`. Raises AmbassadorNotFound."""
    row = await store.find(tx, ambassador_id)
    if row is None or not within(among, row.programme_id):
        raise AmbassadorNotFound(f"no ambassador has the id {ambassador_id}")
    return row


def check_own(row: Member, subject_key: str) -> None:
    """Let only the ambassador themself pass. Raises NotYours."""
    if row.subject_key != subject_key:
        raise NotYours("only the ambassador and, for reading, the programme's managers may do this")


async def own_ambassador(tx: Transaction, programme_id: UUID, subject_key: str) -> Member:
    """Return who a person is in a programme. Raises AmbassadorNotFound."""
    if (row := await store.find_own(tx, programme_id, subject_key)) is None:
        raise AmbassadorNotFound("you have not joined this programme")
    return row


async def ambassadors_of_subject(tx: Transaction, subject_key: str) -> list[Member]:
    """Return who a person is, in each programme that they joined."""
    return await store.of_subject(tx, subject_key)


async def enrolled_since(tx: Transaction, programme_id: UUID, day: date) -> list[UUID]:
    """Return who joined a programme on a day or later."""
    return await store.enrolled_since(tx, programme_id, day)


async def programmes(tx: Transaction) -> list[Calendar]:
    """Return the calendars of all programmes."""
    return list(_calendars(await store.programmes(tx, None)).values())


async def get_calendar(tx: Transaction, programme_id: UUID) -> Calendar:
    """Return a programme's calendar. Raises ProgrammeNotFound."""
    found = _calendars(await store.programmes(tx, [programme_id]))
    if programme_id not in found:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}")
    return found[programme_id]


def _calendars(rows: Iterable[store.ProgrammeAndSeason]) -> dict[UUID, Calendar]:
    found: dict[UUID, Calendar] = {}
    for row, season in rows:
        calendar = found.setdefault(row.id, Calendar(row.id, row.time_zone, row.first_day))
        if season:
            planned = PlannedSeason(season.first_monday, season.weeks)
            found[row.id] = replace(calendar, planned=(*calendar.planned, planned))
    return found


async def planned_seasons(tx: Transaction, programme_id: UUID) -> list[PlannedSeasonRow]:
    """Return the seasons that were planned in a programme, in the order of time."""
    return await store.planned_seasons(tx, programme_id)


async def remember_season(tx: Transaction, event: SeasonPlanned) -> None:
    """Keep a season that was planned. Who plans one here holds the calendar alone and has checked that it fits."""
    row = PlannedSeasonRow(
        programme_id=event.programme_id, first_monday=event.first_monday, weeks=event.weeks, title=event.title
    )
    await store.remember(tx, row)


async def calendar_alone(tx: Transaction, programme_id: UUID) -> Calendar:
    """Return a programme's calendar; nobody settles in it until the commit. Raises ProgrammeNotFound."""
    await store.hold_alone(tx, programme_id)
    return await get_calendar(tx, programme_id)


async def teams_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the team of each ambassador that is known."""
    return await store.teams_of(tx, ambassador_ids)


async def calendars(tx: Transaction, programme_ids: Collection[UUID]) -> dict[UUID, Calendar]:
    """Return the calendars of those programmes that are known, and hold what is known until the commit."""
    await store.hold(tx, programme_ids)
    return _calendars(await store.programmes(tx, programme_ids))


async def known(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, Member]:
    """Return those of the ambassadors who are known."""
    return {row.id: row for row in await store.known(tx, ambassador_ids)}


async def of_teams(tx: Transaction, team_ids: Collection[UUID]) -> dict[UUID, Member]:
    """Return everybody in these teams."""
    return {row.id: row for row in await store.of_teams(tx, team_ids)}


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return ambassadors of a programme in the order of their ids, from just after `last`."""
    return await store.after(tx, programme_id, last, limit=limit)


async def teams_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return the teams of a programme that somebody is in, in the order of their ids, from just after `last`."""
    return await store.teams_after(tx, programme_id, last, limit=limit)


async def has_team(tx: Transaction, programme_id: UUID, team_id: UUID) -> bool:
    """Return whether a programme has a team: as told of the team, or of somebody in it."""
    row = await store.find_team(tx, team_id)
    return row.programme_id == programme_id if row else await store.is_in_team(tx, programme_id, team_id)


async def has_campaign(tx: Transaction, programme_id: UUID, campaign_id: UUID) -> bool:
    """Return whether a programme has a campaign."""
    row = await store.find_campaign(tx, campaign_id)
    return row is not None and row.programme_id == programme_id


async def has_cohort(tx: Transaction, programme_id: UUID, cohort_id: UUID) -> bool:
    """Return whether a programme has a cohort."""
    row = await store.find_cohort(tx, cohort_id)
    return row is not None and row.programme_id == programme_id


async def cohort_members(tx: Transaction, cohort_id: UUID) -> set[UUID]:
    """Return who is in a cohort."""
    return await store.cohort_members(tx, cohort_id)


async def locked_campaigns(tx: Transaction, programme_id: UUID) -> list[str]:
    """Return the names of a programme's campaigns whose captions must be used as they are."""
    return await store.locked_campaigns(tx, programme_id)
