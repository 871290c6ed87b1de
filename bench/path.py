"""The path that is measured: a message as the broker hands it over, to the score in Valkey."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.season import LATEST, Season
from bench.stages import Stopwatch
from libs.bus.delivery import Delivery, Handler, InTransaction, Together, open_message
from libs.clock import SystemClock, new_id
from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.events.envelope import Envelope, Event, seal
from libs.events.gamification import PointsAwarded
from libs.storage.database import Database, open_database
from libs.storage.outbox import delete_messages, oldest_messages
from libs.storage.valkey import open_valkey
from libs.telemetry.metrics import Telemetry
from services.gamification.boards.consumers import on_programme_created
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection
from services.gamification.evidence.consumers import on_counts_reported, on_interactions_recorded
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.service import Settlement
from services.gamification.rules.service import ensure_first_version

CONSUMER, MOVED_AT_ONCE = "gamification--engagement", 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Gamification's own parts, joined as its app joins them, without a broker between."""

    db: Database
    apply: InTransaction
    keeper: BoardKeeper

    async def take(self, messages: Sequence[Msg], watch: Stopwatch) -> None:
        """Apply a batch of messages in one transaction, as the consumer does."""
        with watch.stage("open"):
            deliveries = [open_message(message) for message in messages]
        with watch.stage("commit"):
            await self.apply(deliveries)

    async def project(self, watch: Stopwatch) -> int:
        """Show what waits in the outbox on the boards; returns how many entries."""
        moved = 0
        with watch.stage("project"):
            while told := await self._told():
                await self.keeper.show(told)
                moved += len(told)
        return moved

    async def _told(self) -> list[PointsAwarded]:
        async with self.db.transaction() as tx:
            messages = await oldest_messages(tx.session, MOVED_AT_ONCE)
            await delete_messages(tx.session, [message.sequence for message in messages])
        opened = [_opened(message.payload).event for message in messages]
        return [event for event in opened if isinstance(event, PointsAwarded)]


@asynccontextmanager
async def open_path(database_url: str, valkey_url: str, season: Season) -> AsyncIterator[Path]:
    """Join the parts on servers that hold the season's history, and fill its board."""
    clock, telemetry = SystemClock(), Telemetry("gamification")
    async with open_database(database_url, service="gamification") as db, open_valkey(valkey_url) as valkey:
        settlement = Settlement(clock, LedgerMetrics(telemetry), new_id=new_id)
        handlers: dict[type[Event], Handler] = {
            InteractionsRecorded: Together(on_interactions_recorded),
            CountsReported: Together(on_counts_reported),
        }
        keeper = BoardKeeper(db, Projection(valkey), BoardMetrics(telemetry), clock=clock)
        async with db.transaction() as tx:
            await ensure_first_version(tx, now=LATEST)
            await on_programme_created(tx, season.created())
        await valkey.flushall()
        await keeper.heal()
        apply = InTransaction(db, CONSUMER, handlers, clock=clock, settle=settlement)
        yield Path(db=db, apply=apply, keeper=keeper)


def sealed(events: Sequence[Event]) -> Iterator[Envelope]:
    """Return events in envelopes, as engagement's relay hands them to the broker."""
    for number, event in enumerate(events):
        at = LATEST + timedelta(seconds=number)
        yield seal(event, id=str(new_id()), source="engagement", key="00", time=at, correlation_id="bench")


def message(envelope: Envelope) -> Msg:
    """Return what a client would receive."""
    return Msg(_client=Client(), subject=envelope.type, data=envelope.to_bytes())


def _opened(payload: bytes) -> Delivery:
    return open_message(Msg(_client=Client(), data=payload))
