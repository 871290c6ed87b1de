"""Keeping Valkey showing what the ledger holds, and comparing the two."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from libs.clock import Clock
from libs.events.gamification import PointsAwarded, VisibilitySet
from libs.storage.database import Database, Transaction
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger
from services.gamification.boards import service, store
from services.gamification.boards.domain import Standing
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection, Score
from services.gamification.boards.tables import Board
from services.gamification.members import service as members

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
                told = [event for event in events if event.programme_id == board.programme_id]
                found += service.scores(board, await _standings(tx, board, told), known)
        await self._projection.apply(found, at=self._clock.now())
        self._metrics.shown(len(found))

    async def appear(self, events: Sequence[VisibilitySet]) -> None:
        """Show ambassadors as they want to appear now, in every period of every board; or take them off."""
        for event in events:
            await self.show_all_of(event.programme_id, event.ambassador_id)

    async def show_all_of(self, programme_id: UUID, ambassador_id: UUID) -> None:
        """Show one ambassador on every board as the database has it now."""
        found: list[Score] = []
        async with self._db.transaction() as tx:
            known = await service.appearances(tx, [ambassador_id])  # first: who reads it later has later points too
            for board in await store.of_programmes(tx, [programme_id]):
                found += service.scores(board, await service.standings_of(tx, board, [ambassador_id]), known)
        await self._projection.apply(found, at=self._clock.now())

    async def show_now(self, programme_id: UUID, ambassador_id: UUID) -> None:
        """The same, where it need not succeed: the event of the change does it again."""
        try:
            await self.show_all_of(programme_id, ambassador_id)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("boards_unreachable", error=repr(error))

    async def heal(self) -> int:
        """Fill every board that is not complete in Valkey; returns how many were filled."""
        async with self._db.transaction() as tx:
            boards = {board.id: board for board in await store.every(tx)}
        missing = await self._projection.missing(list(boards))
        for board_id in missing:
            await self._fill(boards[board_id])
        if boards:
            await self._projection.all_ready()
        return len(missing)

    async def _fill(self, board: Board) -> None:
        mark = await self._projection.begin(board.id, await self._definition(board))
        periods: set[str] = set()
        async for scores in self._all_scores(board):
            await self._projection.apply(scores, at=self._clock.now())
            periods |= {score.period for score in scores}
        complete = await self._projection.finish(board.id, periods, mark)
        self._metrics.filled(complete=complete)
        log.info("board_filled", board_id=str(board.id), periods=len(periods), complete=complete)

    async def _all_scores(self, board: Board) -> AsyncIterator[list[Score]]:
        """Yield all scores of a board, each chunk of ambassadors from a transaction of its own."""
        last: UUID | None = None
        while True:
            async with self._db.transaction() as tx:
                scores, last = await service.scores_after(tx, board, last, limit=CHUNK)
            if last is None:
                return
            yield scores

    async def _definition(self, board: Board) -> dict[str, str]:
        async with self._db.transaction() as tx:
            calendar = (await members.calendars(tx, [board.programme_id]))[board.programme_id]
        return {
            "programme_id": str(board.programme_id),
            "title": board.title,
            "time_zone": calendar.time_zone,
            "first_day": calendar.first_day.isoformat(),
            "metric": board.metric,
            "tie": board.tie,
            "anonymity": board.anonymity,
            "salt": str(board.salt),
        }

    async def differences(self) -> list[str]:
        """Return one line for each score that is not what the ledger and people's choices ask for, either way."""
        async with self._db.transaction() as tx:
            boards = await store.every(tx)
        found = []
        for board in boards:
            for period, wanted in (await self._wanted(board)).items():
                shown = await self._projection.shown(board.id, period)
                found += [
                    f"board {board.id} {period}: {who} shows {shown.get(who)}, the balance is {wanted.get(who)}"
                    for who in shown.keys() | wanted.keys()
                    if shown.get(who) != wanted.get(who)
                ]
        return found

    async def _wanted(self, board: Board) -> dict[str, dict[UUID, int]]:
        wanted: dict[str, dict[UUID, int]] = {}
        async for scores in self._all_scores(board):
            for score in scores:
                people = wanted.setdefault(score.period, {})
                if score.appearance != "hidden":
                    people[score.ambassador_id] = score.milli_points
        return wanted


async def _standings(tx: Transaction, board: Board, events: Sequence[PointsAwarded]) -> list[Standing]:
    """Return what events led to on a board: points are in them, other metrics are read."""
    if board.metric == "points":
        latest: dict[tuple[str, UUID], Standing] = {}
        for event in sorted(events, key=lambda event: event.sequence):
            for one in event.balances:
                standing = Standing(one.period, event.ambassador_id, one.milli_points, one.sequence)
                latest[one.period, event.ambassador_id] = standing
        return list(latest.values())
    touched = {(period, event.ambassador_id) for event in events for period in ("all", event.season, event.week)}
    read = await service.standings_of(tx, board, {event.ambassador_id for event in events})
    return [standing for standing in read if (standing.period, standing.ambassador_id) in touched]
