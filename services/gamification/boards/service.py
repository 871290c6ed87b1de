"""Use cases of boards: define them, keep Valkey showing the ledger, and compare the two."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from libs.clock import Clock
from libs.events.content import ProgrammeCreated
from libs.events.gamification import PointsAwarded
from libs.storage.database import Database, Transaction
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger
from services.gamification.boards import store
from services.gamification.boards.domain import default_board_id
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection, Score
from services.gamification.boards.tables import Board
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members

log = logger(__name__)

HEAL_SECONDS = 1.0
CHUNK = 1000


async def open_default_board(tx: Transaction, event: ProgrammeCreated) -> None:
    """Give a programme its points board."""
    board = Board(
        id=default_board_id(event.programme_id), programme_id=event.programme_id, title=event.name, metric="points"
    )
    await store.add_unless_there(tx, board)


async def boards_of(tx: Transaction, programme_id: UUID) -> Sequence[Board]:
    """Return the boards of a programme."""
    return await store.of_programmes(tx, [programme_id])


class BoardKeeper:
    """Keeps Valkey showing what the ledger holds; any number may work at once."""

    def __init__(self, db: Database, projection: Projection, metrics: BoardMetrics, *, clock: Clock) -> None:
        """Read from `db`, write through `projection`."""
        self._db = db
        self._projection = projection
        self._metrics = metrics
        self._clock = clock

    async def show(self, events: Sequence[PointsAwarded]) -> None:
        """Show the balances that entries led to: the latest of each ambassador and period."""
        async with self._db.transaction() as tx:
            boards = await store.of_programmes(tx, {event.programme_id for event in events})
        latest: dict[tuple[UUID, str, UUID], Score] = {}
        for event in sorted(events, key=lambda event: event.sequence):
            for board in boards:
                if board.programme_id == event.programme_id:
                    for score in _scores(board.id, event):
                        latest[board.id, score.period, score.ambassador_id] = score
        await self._projection.apply(list(latest.values()), at=self._clock.now())
        self._metrics.shown(len(latest))

    async def heal_forever(self) -> None:
        """Every second, fill the boards that Valkey does not have; a server that is away is waited for."""
        while True:
            try:
                await self.heal()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("boards_unreachable", error=repr(error))
            await asyncio.sleep(HEAL_SECONDS)

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
        definition = await self._definition(board)
        mark = await self._projection.begin(board.id, definition)
        periods: set[str] = set()
        last: tuple[str, UUID] | None = None
        while True:
            async with self._db.transaction() as tx:
                balances = await ledger.balances_after(tx, board.programme_id, last, limit=CHUNK)
            if not balances:
                break
            scores = [
                Score(
                    board_id=board.id,
                    period=balance.period,
                    ambassador_id=balance.ambassador_id,
                    milli_points=balance.milli_points,
                    sequence=balance.sequence,
                )
                for balance in balances
            ]
            await self._projection.apply(scores, at=self._clock.now())
            periods |= {score.period for score in scores}
            last = balances[-1].period, balances[-1].ambassador_id
        complete = await self._projection.finish(board.id, periods, mark)
        self._metrics.filled(complete=complete)
        log.info("board_filled", board_id=str(board.id), periods=len(periods), complete=complete)

    async def _definition(self, board: Board) -> dict[str, str]:
        async with self._db.transaction() as tx:
            calendar = (await members.calendars(tx, [board.programme_id]))[board.programme_id]
        return {
            "programme_id": str(board.programme_id),
            "title": board.title,
            "time_zone": calendar.time_zone,
            "first_day": calendar.first_day.isoformat(),
        }

    async def differences(self) -> list[str]:
        """Return one line for each score that is not the ledger's balance, in either direction."""
        async with self._db.transaction() as tx:
            boards = await store.every(tx)
            held = {board.id: await ledger.balances_by_period(tx, board.programme_id) for board in boards}
        found = []
        for board_id, periods in held.items():
            for period, balances in periods.items():
                shown = await self._projection.shown(board_id, period)
                found += [
                    f"board {board_id} {period}: {who} shows {shown.get(who)}, the balance is {balances.get(who)}"
                    for who in shown.keys() | balances.keys()
                    if shown.get(who) != balances.get(who)
                ]
        return found


def _scores(board_id: UUID, event: PointsAwarded) -> list[Score]:
    return [
        Score(
            board_id=board_id,
            period=balance.period,
            ambassador_id=event.ambassador_id,
            milli_points=balance.milli_points,
            sequence=balance.sequence,
        )
        for balance in event.balances
    ]
