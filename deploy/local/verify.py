"""Owns the proof that nothing was lost or counted twice: the ledger's sum, the balances and the boards are one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from deploy.local.addresses import Addresses, NoStackError, running_addresses
from deploy.local.table import console
from libs.bus.connection import Connection, open_connection
from libs.bus.errors import PublishRefused
from libs.bus.streams import waiting
from libs.clock import Clock
from libs.events.topology import SUBSCRIPTIONS
from libs.storage.database import Database, open_database
from libs.storage.outbox import backlog
from libs.storage.valkey import Valkey, open_valkey
from libs.telemetry.metrics import Telemetry
from services.gamification.boards import store as boards
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection
from services.gamification.ledger.service import Totals, audit

HELP = "prove that ledger, balances and boards agree; exit code 1 when they do not"
PATIENCE_SECONDS = 30.0
HEALING_SECONDS = 10.0  # a board that Valkey lost is filled again within a few
LOOK_SECONDS = 0.1
QUIET_LOOKS = 3  # a message may be between an outbox and a consumer for one look
NO_SUCH_CONSUMER = 10014
LEDGER = "gamification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found: sums in milli-points, and every reason to doubt them."""

    totals: Totals
    shown: int
    dead_letters: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Open connections to everything that is compared."""

    databases: Mapping[str, Database]
    broker: Connection
    valkey: Valkey


async def verify(root: Path, clock: Clock) -> int:
    """Compare, print a table and each difference; 0 when all agree and no message is lost. Raises NoStackError."""
    async with reach_of(running_addresses(root), clock) as reach:
        finding = await examine(reach, clock)
    out = console()
    out.print(_table(finding))
    for fault in finding.faults:
        out.print(fault)
    return 1 if finding.faults else 0


async def examine(
    reach: Reach, clock: Clock, *, patience: float = PATIENCE_SECONDS, healing: float = HEALING_SECONDS
) -> Finding:
    """Wait until nothing is under way, for `patience` seconds at most, then compare; boards have `healing` seconds."""
    moving = await _settled(reach, patience)
    projection = Projection(reach.valkey)
    ledger = reach.databases[LEDGER]
    keeper = BoardKeeper(ledger, projection, BoardMetrics(Telemetry("verify")), clock=clock)
    differences = await _lasting(keeper, healing)
    async with ledger.transaction() as tx:
        totals, wrong = await audit(tx)
        known = [board.id for board in await boards.every(tx) if board.metric == "points" and board.team_id is None]
    shown = sum([sum((await projection.shown(board_id, "all")).values()) for board_id in known])
    dead = int((await reach.broker.api("STREAM.INFO.DEAD"))["state"]["messages"])
    lost = [f"dead letters in the stream DEAD: {dead}"] if dead else []
    return Finding(totals=totals, shown=shown, dead_letters=dead, faults=(*moving, *wrong, *differences, *lost))


@asynccontextmanager
async def reach_of(addresses: Addresses, clock: Clock) -> AsyncIterator[Reach]:
    """Open the databases, the broker and Valkey of a running stack. Raises NoStackError when it has no ledger."""
    if LEDGER not in addresses.databases or addresses.valkey is None:
        raise NoStackError(f"The stack runs without {LEDGER}, so there is no ledger to verify.")
    async with AsyncExitStack() as stack:
        databases = {
            name: await stack.enter_async_context(open_database(url, service="verify", clock=clock, pool_size=2))
            for name, url in addresses.databases.items()
        }
        broker = await stack.enter_async_context(open_connection(addresses.nats, name="verify"))
        valkey = await stack.enter_async_context(open_valkey(addresses.valkey))
        yield Reach(databases=databases, broker=broker, valkey=valkey)


async def _settled(reach: Reach, patience: float) -> list[str]:
    """Wait until outboxes and consumers stay empty; returns what still waits when patience ends."""
    quiet, until = 0, asyncio.get_running_loop().time() + patience
    while quiet < QUIET_LOOKS:
        under_way = await _under_way(reach)
        if under_way and asyncio.get_running_loop().time() > until:
            return under_way
        quiet = 0 if under_way else quiet + 1
        await asyncio.sleep(LOOK_SECONDS)
    return []


async def _under_way(reach: Reach) -> list[str]:
    found = []
    for name, db in reach.databases.items():
        async with db.transaction() as tx:
            count, _ = await backlog(tx.session)
        if count:
            found.append(f"messages waiting in the outbox of {name}: {count}")
    for subscription in SUBSCRIPTIONS:
        try:
            count = await waiting(reach.broker, subscription)
        except PublishRefused as refusal:
            if refusal.code != NO_SUCH_CONSUMER:  # a service that never ran has none
                raise
            continue
        if count:
            found.append(f"messages waiting for {subscription.name}: {count}")
    return found


async def _lasting(keeper: BoardKeeper, healing: float) -> list[str]:
    """The differences that are still there when every board had the time to heal."""
    until = asyncio.get_running_loop().time() + healing
    while True:
        found = await keeper.differences()
        if not found or asyncio.get_running_loop().time() > until:
            return found
        await asyncio.sleep(LOOK_SECONDS)


def _table(finding: Finding) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("what")
    table.add_column("points", justify="right")
    totals = finding.totals
    sums = {
        f"{totals.count} entries of the ledger": totals.entries,
        "lines": totals.lines,
        "balances": totals.balances,
        "boards": finding.shown,
    }
    for what, milli_points in sums.items():
        table.add_row(what, f"{milli_points / 1000:,.3f}")
    table.add_row("dead letters", str(finding.dead_letters))
    return table
