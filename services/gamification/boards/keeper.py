"""Keeping Valkey showing what the ledger holds, and comparing the two."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from libs.clock import Clock
from libs.events.gamification import PointsAwarded, VisibilitySet
from libs.periods import text_of_planned
from libs.storage.database import Database, Transaction
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger
from services.gamification.boards import service, store
from services.gamification.boards.domain import Standing
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection, Score
from services.gamification.boards.service import balances, kept
from services.gamification.boards.service.scores import scores
from services.gamification.boards.tables import Board
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar

log = logger(__name__)

CHUNK = 200  # ambassadors, each with a balance for every period


class BoardKeeper:
    """Keeps Valkey showing what the ledger holds; any number may work at once."""

    def __init__(self, db: Database, projection: Projection, metrics: BoardMetrics, *, clock: Clock) -> None:
        """Read from `db`, write through `projection`."""
        self._db = db
        self._projection = projection
        self._metrics = metrics
        self._clock = clock

    async def show(self, events: Sequence[PointsAwarded]) -> None:
        """Show what entries led to: the latest of each ambassador and period on every board of the programme."""
        if not events:
            return
        found: list[Score] = []
        async with self._db.transaction() as tx:
            boards = await store.of_programmes(tx, {event.programme_id for event in events})
            known = await service.appearances(tx, {event.ambassador_id for event in events})
            for board in boards:
                if not board.kept:
                    told = balances.standing_on(board, balances.told(board, events), known)
                    found += scores(board, told, known)
        await self._projection.apply(found, at=self._clock.now())
        self._metrics.shown(len(found))
        if any(board.kept for board in boards):
            await self.renew()

    async def renew(self) -> int:
        """Renew the kept standings of whoever is due, and show them; returns how many were due.

        Shown before the commit: a crash in between leaves them due, and numbers only grow.
        """
        renewed = 0
        while True:
            async with self._db.transaction() as tx:
                changed, due = await kept.renew_due(tx, limit=CHUNK, now=self._clock.now())
                found: list[Score] = []
                for board, standings in changed:
                    known = await service.appearances(tx, {one.row_id for one in standings})
                    found += scores(board, standings, known)
                await self._projection.apply(found, at=self._clock.now())
            self._metrics.shown(len(found))
            if not due:
                return renewed
            renewed += due

    async def appear(self, events: Sequence[VisibilitySet]) -> None:
        """Show ambassadors as they want to appear now, in every period of every board; or take them off."""
        for event in events:
            await self.show_all_of(event.programme_id, event.ambassador_id)

    async def show_all_of(self, programme_id: UUID, ambassador_id: UUID) -> None:
        """Show one ambassador on every board as the database has it now."""
        found: list[Score] = []
        async with self._db.transaction() as tx:
            boards = await store.of_programmes(tx, [programme_id])
            if any(board.kept for board in boards):
                await store.hold_standings(tx, programme_id)
            known = await service.appearances(tx, [ambassador_id])  # first: who reads it later has later points too
            for board in boards:
                found += scores(board, await self._held(tx, board, [ambassador_id], known), known)
        await self._projection.apply(found, at=self._clock.now())
        if any(board.kept for board in boards):
            await self.renew()

    async def show_now(self, programme_id: UUID, ambassador_id: UUID) -> None:
        """The same, where it need not succeed: the event of the change does it again."""
        try:
            await self.show_all_of(programme_id, ambassador_id)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("boards_unreachable", error=repr(error))

    async def heal(self) -> int:
        """Fill every board that is not complete in Valkey, and renew what is due; returns how many were filled."""
        async with self._db.transaction() as tx:
            boards = {board.id: board for board in await store.every(tx)}
        missing = await self._projection.missing(list(boards))
        for board_id in missing:
            await self._fill(boards[board_id])
        if boards:
            await self._projection.all_ready()
        if any(board.kept for board in boards.values()):
            await self.renew()
        return len(missing)

    async def _fill(self, board: Board) -> None:
        mark = await self._begin(board)
        periods: set[str] = set()
        async for found in self._all_scores(board):
            await self._projection.apply(found, at=self._clock.now())
            periods |= {score.period for score in found}
        complete = await self._projection.finish(board.id, periods, mark)
        self._metrics.filled(complete=complete)
        log.info("board_filled", board_id=str(board.id), periods=len(periods), complete=complete)

    async def _all_scores(self, board: Board) -> AsyncIterator[list[Score]]:
        """Yield all scores of a board, each chunk of rows from a transaction of its own; kept ones are renewed."""
        async for rows in self._all_rows(board):
            async with self._db.transaction() as tx:
                if board.kept:
                    await store.hold_standings(tx, board.programme_id)
                    await kept.renew(tx, board, rows, now=self._clock.now())
                known = await service.appearances(tx, rows)
                standings = await self._held(tx, board, rows, known)
            yield scores(board, standings, known)

    async def _all_rows(self, board: Board) -> AsyncIterator[list[UUID]]:
        last: UUID | None = None
        while True:
            async with self._db.transaction() as tx:
                rows = await kept.rows_after(tx, board, last, limit=CHUNK)
            if not rows:
                return
            yield rows
            last = rows[-1]

    async def _held(
        self, tx: Transaction, board: Board, rows: Sequence[UUID], known: service.Appearances
    ) -> list[Standing]:
        """Return what the database holds of rows of a board."""
        if board.kept:
            return await store.standings(tx, board.id, rows)
        return balances.standing_on(board, await balances.standings_of(tx, board, rows), known)

    async def _begin(self, board: Board) -> str:
        async with self._db.transaction() as tx:  # the calendar is held until it stands in Valkey
            calendar = (await members.calendars(tx, [board.programme_id]))[board.programme_id]
            return await self._projection.begin(board.id, _definition(board, calendar))

    async def follow_calendar(self, programme_id: UUID) -> None:
        """Write the calendar of a programme to each of its boards."""
        async with self._db.transaction() as tx:
            calendar = (await members.calendars(tx, [programme_id]))[programme_id]
            for board in await store.of_programmes(tx, [programme_id]):
                await self._projection.define(board.id, _definition(board, calendar))

    async def differences(self) -> list[str]:
        """Return one line for each score that is not what evidence, ledger and people's choices ask for, either way."""
        async with self._db.transaction() as tx:
            boards = await store.every(tx)
        found = []
        for board in boards:
            for period, wanted in (await self._wanted(board)).items():
                shown = await self._projection.shown(board.id, period)
                found += [
                    f"board {board.id} {period}: {who} shows {shown.get(who)}, wanted is {wanted.get(who)}"
                    for who in shown.keys() | wanted.keys()
                    if shown.get(who) != wanted.get(who)
                ]
        return found

    async def _wanted(self, board: Board) -> dict[str, dict[UUID, int]]:
        wanted: dict[str, dict[UUID, int]] = {}
        async for rows in self._all_rows(board):
            async with self._db.transaction() as tx:
                known = await service.appearances(tx, rows)
                if board.kept:
                    found = await kept.compute(tx, board, rows, now=self._clock.now())
                else:
                    held = await self._held(tx, board, rows, known)
                    found = {(one.row_id, one.period): one.score or 0 for one in held}
            for (row, period), score in found.items():
                people = wanted.setdefault(period, {})
                if board.subject == "team" or known[row].boards != "hidden":
                    people[row] = score
        return wanted


def _definition(board: Board, calendar: Calendar) -> dict[str, str]:
    return {
        "programme_id": str(board.programme_id),
        "title": board.title,
        "time_zone": calendar.time_zone,
        "first_day": calendar.first_day.isoformat(),
        "seasons": text_of_planned(calendar.planned),
        "metric": board.metric,
        "tie": board.tie,
        "anonymity": board.anonymity,
        "subject": board.subject,
        "periods": ",".join(board.periods),
        "salt": str(board.salt),
    }
