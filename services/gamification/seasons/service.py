"""Use cases of seasons: plan them, close those that are over one claimed step at a time, read what was frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.events.gamification import SeasonClosed, SeasonPlanned
from libs.periods import PlannedSeason, week_of
from libs.problems import FieldError
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.boards import service as boards
from services.gamification.boards.domain import default_board_id
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.seasons import store
from services.gamification.seasons.domain import (
    Season,
    State,
    check_plan,
    digest_of,
    next_state,
    seasons_known,
    seasons_until,
    shared_ranks,
)
from services.gamification.seasons.errors import InvalidSeason, SeasonNotClosed, SeasonNotFound
from services.gamification.seasons.tables import SeasonRow, SeasonStanding

log = logger(__name__)


class SeasonCloser:
    """Moves seasons on; any number may work at once, and what fell into a downtime is caught up in order."""

    def __init__(self, db: Database, *, clock: Clock, grace: timedelta) -> None:
        """Keep seasons open for `grace` after their end."""
        self._db = db
        self._clock = clock
        self._grace = grace

    async def close_due(self) -> int:
        """Move every season on as far as it is due, each step in a transaction of its own; returns how many steps."""
        now, steps = self._clock.now(), 0
        async with self._db.transaction() as tx:
            await open_begun(tx, now=now)
        while await self._step(now):
            steps += 1
        return steps

    async def _step(self, now: datetime) -> bool:
        async with self._db.transaction() as tx:
            row, next_ends_at = await store.claim_due(tx, grace=self._grace, now=now)
            if row is None:
                return False
            state = next_state(State(row.state), row.ends_at, next_ends_at, grace=self._grace, now=now)
            if state is None:
                return False
            await advance(tx, row, state, now=now)
        log.info("season_advanced", programme_id=str(row.programme_id), season=row.season, state=row.state)
        return True


async def open_begun(tx: Transaction, *, now: datetime) -> None:
    """Keep a row for every season that has begun."""
    for calendar in await members.programmes(tx):
        rows = [
            SeasonRow(programme_id=one.programme_id, season=one.name, state=State.OPEN, ends_at=one.ends_at)
            for one in seasons_until(calendar, now)
        ]
        await store.add_unless_there(tx, rows)


async def advance(tx: Transaction, row: SeasonRow, state: State, *, now: datetime) -> None:
    """Move a claimed season into its next state, with all that belongs to it."""
    if state is State.FROZEN:
        await _freeze(tx, row, now=now)
    elif state is State.SETTLED:
        row.settled_at = now
        event = SeasonClosed(
            programme_id=row.programme_id,
            season=row.season,
            people=row.people or 0,
            digest=row.digest or "",
            frozen_at=row.frozen_at or now,
        )
        tx.emit(event, key=str(row.programme_id))
    else:
        row.archived_at = now
    row.state = state.value
    await store.save(tx, row)


async def _freeze(tx: Transaction, row: SeasonRow, *, now: datetime) -> None:
    ranked = await ledger.ranked_balances(tx, row.programme_id, row.season)
    ranks = shared_ranks(balance.milli_points for balance in ranked)
    rows = [
        SeasonStanding(
            programme_id=row.programme_id,
            season=row.season,
            place=place,
            ambassador_id=balance.ambassador_id,
            milli_points=balance.milli_points,
            sequence=balance.sequence,
            rank=rank,
        )
        for place, (balance, rank) in enumerate(zip(ranked, ranks, strict=True), start=1)
    ]
    await store.freeze(tx, rows)
    row.people, row.frozen_at, row.tie = len(rows), now, await _tie_of(tx, row.programme_id)
    row.digest = digest_of((one.place, one.ambassador_id, one.milli_points) for one in rows)


async def _tie_of(tx: Transaction, programme_id: UUID) -> str:
    """Return how the programme's own board ranks equals."""
    own = default_board_id(programme_id)
    return next((board.tie for board in await boards.boards_of(tx, programme_id) if board.id == own), "first")


@dataclass(frozen=True, slots=True)
class Known:
    """A season and what has become of it: without a row nothing yet. `title` is that of a planned one."""

    season: Season
    row: SeasonRow | None
    title: str | None
    has_begun: bool


async def plan(tx: Transaction, event: SeasonPlanned, *, now: datetime) -> Known:
    """Give a season its place and title, and tell it. Raises ProgrammeNotFound, InvalidSeason.

    Nobody settles in the programme until the commit, and no week that is booked changes its season.
    """
    calendar = await members.calendar_alone(tx, event.programme_id)
    check_plan(calendar, PlannedSeason(event.first_monday, event.weeks), calendar.day(now))
    if booked := await store.first_booked(tx, event.programme_id, week_of(event.first_monday)):
        reason = f"points are booked in week {booked} already"
        raise InvalidSeason(reason, errors=[FieldError("first_monday", reason)])
    await members.remember_season(tx, event)
    tx.emit(event, key=str(event.programme_id))
    known = await seasons_of(tx, event.programme_id, now=now)
    return next(one for one in known if one.season.first_day == event.first_monday)


async def seasons_of(tx: Transaction, programme_id: UUID, *, now: datetime) -> list[Known]:
    """Return the seasons of a programme, newest first, and those to come that are planned. Raises ProgrammeNotFound."""
    calendar = await members.get_calendar(tx, programme_id)
    rows = {row.season: row for row in await store.of_programme(tx, programme_id)}
    titles = {one.first_monday: one.title for one in await members.planned_seasons(tx, programme_id)}
    return [
        Known(one, rows.get(one.name), titles.get(one.first_day), has_begun=one.first_day <= calendar.day(now))
        for one in reversed(seasons_known(calendar, now))
    ]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The standings of a closed season, and who of them shows their name now."""

    row: SeasonRow
    standings: Sequence[SeasonStanding]
    named: frozenset[UUID]


async def frozen_standings(
    tx: Transaction, programme_id: UUID, season: str, last: int | None, *, limit: int, now: datetime
) -> Frozen:
    """Return standings from just after place `last`. Raises ProgrammeNotFound, SeasonNotFound, SeasonNotClosed."""
    known = {one.season.name: one for one in await seasons_of(tx, programme_id, now=now)}.get(season)
    if known is None or not known.has_begun:
        raise SeasonNotFound(f"no season {season} has begun")
    if known.row is None or known.row.state == State.OPEN:
        raise SeasonNotClosed("read the programme's boards until then")
    found = await store.standings_after(tx, programme_id, season, last, limit=limit)
    seen = await boards.appearances(tx, {one.ambassador_id for one in found})
    return Frozen(known.row, found, frozenset(who for who, one in seen.items() if one.boards == "name"))
