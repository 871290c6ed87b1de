from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from deploy.local.addresses import NoStackError, running_addresses
from deploy.local.verify import Finding, Reach, examine, reach_of, verify
from libs.clock import SystemClock, new_id
from libs.events.content import ProgrammeCreated
from libs.events.envelope import seal, subject_of
from services.gamification.boards.domain import default_board_id
from services.gamification.boards.projection import Projection
from tests.support.eventually import eventually
from tests.support.servers import empty_folder
from tests.support.stack import RunningStack, stack_of

CLOCK = SystemClock()
BALANCE = text(
    "INSERT INTO balance (programme_id, period, ambassador_id, milli_points, sequence)"
    " VALUES (:programme, 'all', :ambassador, 5000, 1)"
)


@pytest.fixture
def data() -> Iterator[Path]:
    with empty_folder() as path:
        yield path


@pytest.fixture(scope="module")
async def ledger() -> AsyncIterator[RunningStack]:
    async with stack_of("gamification") as running:
        yield running


@pytest.fixture
async def reach(ledger: RunningStack) -> AsyncIterator[Reach]:
    async with reach_of(running_addresses(ledger.stack.folder.root), CLOCK) as reach:
        yield reach


async def found(reach: Reach) -> Finding:
    return await examine(reach, CLOCK, patience=20, healing=0.2)


@asynccontextmanager
async def forged_balance(reach: Reach, programme_id: UUID, ambassador_id: UUID) -> AsyncIterator[None]:
    """A balance that no entry of the ledger explains."""
    async with reach.databases["gamification"].transaction() as tx:
        await tx.run(BALANCE, {"programme": programme_id, "ambassador": ambassador_id})
    yield
    async with reach.databases["gamification"].transaction() as tx:
        await tx.run(text("DELETE FROM balance WHERE programme_id = :programme"), {"programme": programme_id})


async def open_programme(reach: Reach) -> UUID:
    event = ProgrammeCreated(
        programme_id=new_id(), name="Lumen", time_zone="Europe/Paris", first_day=date(2026, 1, 5), charter_version=1
    )
    envelope = seal(
        event, id=str(new_id()), source="content", key="test", time=CLOCK.now(), correlation_id="test-request"
    )
    await reach.broker.request(subject_of(event.type, 0), envelope.to_bytes())
    await eventually(lambda: board_is_filled(reach, event.programme_id))
    return event.programme_id


async def board_is_filled(reach: Reach, programme_id: UUID) -> bool:
    return await Projection(reach.valkey).missing([default_board_id(programme_id)]) == []


async def dead_letters(reach: Reach) -> int:
    return int((await reach.broker.api("STREAM.INFO.DEAD"))["state"]["messages"])


async def test_untouched_stack_agrees_with_itself(ledger: RunningStack, capsys: pytest.CaptureFixture[str]) -> None:
    assert await verify(ledger.stack.folder.root, CLOCK) == 0
    table = capsys.readouterr().out.splitlines()[-6:]
    assert [line.split()[0] for line in table] == ["what", "0", "lines", "balances", "boards", "dead"]


async def test_balance_that_no_entry_explains_is_named(
    ledger: RunningStack, reach: Reach, capsys: pytest.CaptureFixture[str]
) -> None:
    forger = new_id()
    async with forged_balance(reach, new_id(), forger):
        assert await verify(ledger.stack.folder.root, CLOCK) == 1
    said = capsys.readouterr().out
    assert f"{forger} is 5000, its entries sum to 0" in said
    assert "entries sum to 0, lines to 0, balances to 5000" in said
    assert (await found(reach)).faults == ()


async def test_board_that_does_not_show_a_balance_is_named(reach: Reach) -> None:
    hidden = new_id()
    async with forged_balance(reach, await open_programme(reach), hidden):
        faults = (await found(reach)).faults
    assert [fault for fault in faults if fault.startswith("board") and f"{hidden} shows None" in fault]


async def test_message_that_nobody_could_handle_fails_the_verification(reach: Reach) -> None:
    await reach.broker.request(subject_of(ProgrammeCreated.type, 0), b"not an envelope")
    await eventually(lambda: dead_letters(reach))
    finding = await found(reach)
    assert finding.dead_letters == 1
    assert finding.faults == ("dead letters in the stream DEAD: 1",)
    await reach.broker.api("STREAM.PURGE.DEAD")


async def test_message_that_still_waits_is_named_when_patience_ends(reach: Reach) -> None:
    put = text(
        "INSERT INTO outbox (message_id, subject, payload, created_at) VALUES ('kept', 'nobody.listens', '', now())"
    )
    async with reach.databases["gamification"].transaction() as tx:
        await tx.run(put)
    finding = await examine(reach, CLOCK, patience=0.5, healing=0.2)
    async with reach.databases["gamification"].transaction() as tx:
        await tx.run(text("DELETE FROM outbox WHERE message_id = 'kept'"))
    assert finding.faults == ("messages waiting in the outbox of gamification: 1",)


async def test_folder_on_which_nothing_runs_is_said(data: Path) -> None:
    with pytest.raises(NoStackError, match=r"No stack runs on .* make run"):
        await verify(data, CLOCK)


async def test_stack_that_has_stopped_does_not_count_as_running(data: Path) -> None:
    async with stack_of("content", path=data):
        with pytest.raises(NoStackError, match="runs without gamification"):
            await verify(data, CLOCK)
    with pytest.raises(NoStackError, match="No stack runs"):
        await verify(data, CLOCK)
