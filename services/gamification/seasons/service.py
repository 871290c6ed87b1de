"""Use cases of seasons: close those that are over, one claimed step at a time, and read what was frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.events.gamification import SeasonClosed
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.boards import service as boards
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.seasons import store
from services.gamification.seasons.domain import Season, State, digest_of, next_state, seasons_until
from services.gamification.seasons.errors import SeasonNotClosed, SeasonNotFound
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
            row = await store.claim_due(tx, grace=self._grace, now=now)
            if row is None:
                return False
            state = next_state(State(row.state), row.ends_at, grace=self._grace, now=now)
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
    rows = [
        SeasonStanding(
            programme_id=row.programme_id,
            season=row.season,
            place=place,
            ambassador_id=balance.ambassador_id,
            milli_points=balance.milli_points,
            sequence=balance.sequence,
        )
        for place, balance in enumerate(ranked, start=1)
    ]
    await store.freeze(tx, rows)
    row.people, row.frozen_at = len(rows), now
    row.digest = digest_of((one.place, one.ambassador_id, one.milli_points) for one in rows)


@dataclass(frozen=True, slots=True)
class Known:
    """A season and what has become of it; without a row it is open."""

    season: Season
    row: SeasonRow | None


async def seasons_of(tx: Transaction, programme_id: UUID, *, now: datetime) -> list[Known]:
    """Return the seasons of a programme that have begun, newest first. Raises ProgrammeNotFound."""
    calendar = (await members.calendars(tx, [programme_id])).get(programme_id)
    if calendar is None:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}")
    rows = {row.season: row for row in await store.of_programme(tx, programme_id)}
    return [Known(season, rows.get(season.name)) for season in reversed(seasons_until(calendar, now))]


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
    if known is None:
        raise SeasonNotFound(f"no season {season} has begun")
    if known.row is None or known.row.state == State.OPEN:
        raise SeasonNotClosed("read the programme's boards until then")
    found = await store.standings_after(tx, programme_id, season, last, limit=limit)
    seen = await boards.appearances(tx, {one.ambassador_id for one in found})
    return Frozen(known.row, found, frozenset(who for who, one in seen.items() if one.boards == "name"))
