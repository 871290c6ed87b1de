"""Use cases of replays: booking the differences of a correction; `simulations` tries rules, `from_log` hears all."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.evidence.domain import Stretch
from services.gamification.ledger.service import Settlement
from services.gamification.replays import store
from services.gamification.rules.service import activations
from services.gamification.rules.tables import RulesActivation

log = logger(__name__)

CHUNK = 50  # ambassadors whose evidence of a season is in memory at once


def stretches_of(programme_id: UUID, ambassadors: Sequence[UUID], first: date, last: date) -> list[Stretch]:
    """Return the weeks of a season (Mondays) as the time that settling looks at, a day wider for every time zone."""
    since = datetime.combine(first, time(), UTC) - timedelta(days=1)
    until = datetime.combine(last, time(), UTC) + timedelta(days=8)
    return [Stretch(ambassador, programme_id, since, until) for ambassador in ambassadors]


class Corrections:
    """Books the differences of activated corrections, a few ambassadors in each transaction; any number may work."""

    def __init__(self, db: Database, settlement: Settlement, clock: Clock) -> None:
        """Book in `db` as `settlement` does."""
        self._db = db
        self._settlement = settlement
        self._clock = clock

    async def book(self) -> None:
        """Book what is left to book."""
        while await self.book_some():
            pass

    async def book_some(self) -> bool:
        """Book the next few ambassadors of one correction; false when nothing is left that nobody else works on.

        Progress is kept in the transaction of the entries: who is stopped in between goes on where it ended.
        """
        async with self._db.transaction() as tx:
            correction = await activations.claim_correction(tx)
            if correction is None:
                return False
            who = await store.ambassadors_after(tx, correction.programme_id, correction.booked_to, limit=CHUNK)
            await self._book(tx, correction, who)
            done = len(who) < CHUNK
            await activations.note_progress(tx, correction, booked_to=None if done else who[-1], now=self._clock.now())
        if done:
            log.info(
                "correction_booked",
                programme_id=str(correction.programme_id),
                version=correction.version,
                season=correction.season,
            )
        return True

    async def _book(self, tx: Transaction, correction: RulesActivation, who: Sequence[UUID]) -> None:
        last = correction.last_monday or correction.first_monday
        stretches = stretches_of(correction.programme_id, who, correction.first_monday, last)
        kind = "reversal" if correction.reverses else "rules"
        cause = f"{kind}:{correction.programme_id}:{correction.version}"
        await self._settlement.settle(tx, stretches, cause=cause)
