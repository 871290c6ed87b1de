"""Use cases of replays: try rules on a season, book the differences of a correction, fill a database from the log."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from libs.bus.connection import Connection
from libs.bus.consumer import Consumer
from libs.bus.delivery import Apply
from libs.bus.metrics import BusMetrics
from libs.bus.streams import ensure_consumer, waiting
from libs.clock import Clock
from libs.events.topology import Subscription
from libs.periods import ALL_TIME
from libs.process.parts import subscription
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.evidence.domain import Stretch
from services.gamification.ledger import service as ledger
from services.gamification.ledger.service import Settlement
from services.gamification.members import service as members
from services.gamification.replays import store
from services.gamification.replays.domain import Comparison, Outcome, Proof, compare
from services.gamification.replays.errors import LedgerNotEmpty
from services.gamification.rules import service as rules
from services.gamification.rules.domain.documents import rules_of
from services.gamification.rules.service import begun_season
from services.gamification.rules.tables import RulesActivation

log = logger(__name__)

CHUNK = 50  # ambassadors whose evidence of a season is in memory at once
QUIET_SECONDS = 0.1
PAGE = 5000


class Trial:
    """One version of a programme's rules tried on one season; the database is only read."""

    def __init__(self, db: Database, clock: Clock, programme_id: UUID, version: int, *, season: str) -> None:
        """Read from `db`; a season that has not begun by the clock is refused."""
        self._db = db
        self._clock = clock
        self._programme_id = programme_id
        self._version = version
        self._season = season

    async def run(self) -> Comparison:
        """Return what becomes of everybody; raises ProgrammeNotFound, RulesNotFound, SeasonNotFound.

        One transaction for each few ambassadors, so that neither memory nor a snapshot grows with the programme.
        """
        outcomes: list[Outcome] = []
        last: UUID | None = None
        while True:
            async with self._db.transaction() as tx:
                await store.read_only(tx)
                found = await self._outcomes(tx, last)
            outcomes += found
            if len(found) < CHUNK:
                return compare(outcomes)
            last = found[-1].ambassador_id

    async def _outcomes(self, tx: Transaction, last: UUID | None) -> list[Outcome]:
        calendar = await members.get_calendar(tx, self._programme_id)
        first_monday, last_monday = begun_season(calendar, self._season, now=self._clock.now())
        row = await rules.get_version(tx, self._programme_id, self._version)
        who = await store.ambassadors_after(tx, self._programme_id, last, limit=CHUNK)
        in_force = await rules.rules_in_force(tx, [self._programme_id])
        tried = in_force.trying(self._programme_id, rules_of(row.document), first=first_monday, last=last_monday)
        stretches = stretches_of(self._programme_id, who, first_monday, last_monday)
        then = await store.season_balances(tx, self._programme_id, self._season, who)
        now = dict(then)
        for one in await ledger.outstanding(tx, stretches, {calendar.programme_id: calendar}, tried):
            if calendar.season_of_week(one.key.week) == self._season:
                held = then.get(one.key.ambassador_id, 0)
                then[one.key.ambassador_id] = held + one.line.milli_points - one.before
        return [Outcome(ambassador, now.get(ambassador, 0), then.get(ambassador, 0)) for ambassador in who]


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
            correction = await rules.claim_correction(tx)
            if correction is None:
                return False
            who = await store.ambassadors_after(tx, correction.programme_id, correction.booked_to, limit=CHUNK)
            await self._book(tx, correction, who)
            done = len(who) < CHUNK
            await rules.note_progress(tx, correction, booked_to=None if done else who[-1], now=self._clock.now())
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
        cause = f"rules:{correction.programme_id}:{correction.version}"
        await self._settlement.settle(tx, stretches, cause=cause)


class LogReplay:
    """Applies the whole log to an empty database, under consumers of its own that are removed afterwards."""

    def __init__(self, db: Database, connection: Connection, metrics: BusMetrics, *, name: str) -> None:
        """Fill `db` from the streams of `connection`; `name` is new for each replay."""
        self._db = db
        self._connection = connection
        self._metrics = metrics
        self._name = name

    def subscription(self, name: str) -> Subscription:
        """Return the replay's own subscription to what the topology's of that name hears."""
        return replace(subscription(name), listener=self._name)

    async def begin(self, tx: Transaction) -> None:
        """Check that there is nothing yet. Raises LedgerNotEmpty."""
        if not await store.is_empty(tx):
            raise LedgerNotEmpty("give a database that has only been migrated")

    async def hear(self, heard: Mapping[Subscription, Apply]) -> None:
        """Apply all that was ever told to these subscriptions; raises what a worker raises."""
        for one in heard:
            await ensure_consumer(self._connection, one)
        workers = [
            asyncio.create_task(Consumer(self._connection, one, apply, self._metrics).run())
            for one, apply in heard.items()
        ]
        caught_up = asyncio.create_task(self._caught_up(list(heard)))
        try:
            done, _ = await asyncio.wait([caught_up, *workers], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (caught_up, *workers):
                task.cancel()
            await asyncio.gather(caught_up, *workers, return_exceptions=True)
            for one in heard:
                await self._connection.api(f"CONSUMER.DELETE.{one.producer.upper()}.{one.name}")

    async def _caught_up(self, subscriptions: Sequence[Subscription]) -> None:
        while True:
            if not sum([await waiting(self._connection, one) for one in subscriptions]):
                return
            await asyncio.sleep(QUIET_SECONDS)

    async def end(self, tx: Transaction) -> Proof:
        """Forget what would have been told, and return what the balances come to."""
        await store.forget_messages(tx)
        return await proof(tx)


async def proof(tx: Transaction) -> Proof:
    """Return what the balances of a database come to; equal proofs, equal balances to the last milli-point."""
    digest, balances, milli_points = hashlib.sha256(), 0, 0
    last: tuple[UUID, str, UUID] | None = None
    while rows := await store.balances_after(tx, last, limit=PAGE):
        for row in rows:
            digest.update(f"{row.programme_id} {row.period} {row.ambassador_id} {row.milli_points}\n".encode())
        balances += len(rows)
        milli_points += sum(row.milli_points for row in rows if row.period == ALL_TIME)
        last = rows[-1].programme_id, rows[-1].period, rows[-1].ambassador_id
    return Proof(balances, milli_points, digest.hexdigest())
