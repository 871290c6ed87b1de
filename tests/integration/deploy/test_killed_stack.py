import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from deploy.local.folder import DataFolder, FolderInUseError
from deploy.local.guardian import MARK, Guardian, guarded
from tests.integration.deploy.stack_process import lives, other_stack
from tests.support.servers import empty_folder, running_servers


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Lets children hear SIGINT: a shell in whose background the tests run has it ignored, which is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def data() -> Iterator[Path]:
    with empty_folder() as path:
        yield path


async def write_row(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await connection.close()


async def read_row(url: str) -> object:
    connection = await asyncpg.connect(url)
    answer = await connection.fetchval("SELECT answer FROM kept")
    await connection.close()
    return answer


def test_stack_killed_with_kill_9_leaves_no_process(data: Path) -> None:
    with other_stack(data) as stack:
        os.kill(stack.process.pid, signal.SIGKILL)
        stack.process.wait()
        assert len(stack.children) >= 4
        assert stack.survivors(after=15) == []


async def test_next_stack_waits_for_the_guardian_of_a_killed_one_and_finds_its_data(data: Path) -> None:
    with other_stack(data) as stack:
        await write_row(stack.postgres_url)
        os.kill(stack.process.pid, signal.SIGKILL)
        stack.process.wait()
        async with running_servers(data) as servers:
            assert not [child for child in stack.children if lives(child)]
            assert await read_row(servers.postgres.url) == 42


def test_ctrl_c_reaches_the_stack_only_which_stops_its_servers_cleanly(data: Path) -> None:
    with other_stack(data) as stack:
        assert stack.process.pid not in {os.getpgid(child.pid) for child in stack.children}
        os.killpg(stack.process.pid, signal.SIGINT)
        assert stack.process.wait(timeout=60) == 130
        assert stack.survivors(after=0) == []
    folder = DataFolder.at(data)
    assert "database system is shut down" in folder.log("postgres").read_text()
    assert "Server Exiting" in folder.log("nats").read_text()
    assert folder.log("guardian").read_text() == ""  # nothing was left for it


async def test_what_outlived_stack_and_guardian_is_ended_by_the_next_stack(data: Path) -> None:
    with other_stack(data) as stack:
        await write_row(stack.postgres_url)
        guardian = next(child for child in stack.children if "deploy.local.guardian" in child.cmdline())
        guardian.kill()
        os.kill(stack.process.pid, signal.SIGKILL)
        stack.process.wait()
        assert stack.survivors(after=0.5)
        async with running_servers(data) as servers:
            assert stack.survivors(after=0) == []
            assert await read_row(servers.postgres.url) == 42


async def test_second_stack_on_the_folder_is_refused_with_the_process_that_holds_it(data: Path) -> None:
    with other_stack(data) as stack:
        with pytest.raises(FolderInUseError, match=f"in use by process {stack.process.pid}"):
            async with running_servers(data):
                pass
        await write_row(stack.postgres_url)  # the first goes on
    assert stack.survivors(after=15) == []


async def test_folder_stays_locked_as_long_as_a_guardian_has_something_to_stop(data: Path) -> None:
    folder = DataFolder.at(data)
    async with folder.locked() as held:
        guardian = Guardian(folder, held)
    with pytest.raises(FolderInUseError):
        async with folder.locked():
            pass
    await guardian.close()
    async with folder.locked():
        pass


async def test_child_that_nobody_announced_is_found_by_its_mark(data: Path) -> None:
    folder = DataFolder.at(data)
    async with guarded(folder) as guardian:
        child = await asyncio.create_subprocess_exec("sleep", "600", env={**os.environ, **guardian.environment})
        stranger = await asyncio.create_subprocess_exec("sleep", "600", env={**os.environ, MARK: "elsewhere"})
    assert await asyncio.wait_for(child.wait(), timeout=30) == -signal.SIGINT
    assert lives(psutil.Process(stranger.pid))
    stranger.kill()
    await stranger.wait()
