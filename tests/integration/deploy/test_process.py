import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from deploy.local.child import StartError
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian, guarded
from deploy.local.ports import HOST, Ports
from deploy.local.process import ServiceProcess
from tests.integration.deploy.stack_process import lives


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.at(tmp_path)


@pytest.fixture
async def guardian(folder: DataFolder) -> AsyncIterator[Guardian]:
    async with guarded(folder) as guardian:
        yield guardian


@pytest.fixture
def port(folder: DataFolder) -> int:
    with Ports(folder.ports) as ports:
        return ports.take("service")


def web_service(port: int, folder: DataFolder, guardian: Guardian) -> ServiceProcess:
    """Answers 200 at /readyz, since there is a file of that name."""
    (folder.root / "readyz").write_text("ready")
    arguments = ["http.server", str(port), "--bind", HOST, "--directory", str(folder.root)]
    return ServiceProcess("service", arguments, environment={}, folder=folder, guardian=guardian)


def command(code: str, folder: DataFolder, guardian: Guardian, **environment: str) -> ServiceProcess:
    """Runs `code`: timeit is the module of the standard library that takes some."""
    arguments = ["timeit", "-n1", "-r1", code]
    return ServiceProcess("command", arguments, environment=environment, folder=folder, guardian=guardian)


async def eventually(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while True:
            if fact():
                return
            await asyncio.sleep(0.01)


async def test_service_is_ready_when_it_answers_and_gone_when_stopped(
    port: int, folder: DataFolder, guardian: Guardian
) -> None:
    service = web_service(port, folder, guardian)
    service.start()
    await service.wait_ready(f"http://{HOST}:{port}/readyz")
    assert service.running
    assert "GET /readyz" in service.log_tail()
    await service.stop()
    assert not service.running
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, port)


async def test_service_that_answers_otherwise_is_not_ready(port: int, folder: DataFolder, guardian: Guardian) -> None:
    service = web_service(port, folder, guardian)
    service.start()
    with pytest.raises(StartError, match=r"not ready after 0\.5 s"):
        await service.wait_ready(f"http://{HOST}:{port}/missing", within=0.5)
    await service.stop()


async def test_restarted_service_is_another_process_and_ready(
    port: int, folder: DataFolder, guardian: Guardian
) -> None:
    service = web_service(port, folder, guardian)
    service.start()
    await service.wait_ready(f"http://{HOST}:{port}/readyz")
    first = service.pid
    await service.restart()
    assert service.pid != first
    _, answering = await asyncio.open_connection(HOST, port)
    answering.close()
    await service.kill()
    assert not service.running


async def test_service_that_ends_at_once_is_reported_with_its_log(folder: DataFolder, guardian: Guardian) -> None:
    service = command("raise SystemExit('no such setting')", folder, guardian)
    service.start()
    with pytest.raises(StartError, match=r"(?s)command ended while starting.*no such setting"):
        await service.wait_ready(f"http://{HOST}:1/readyz")
    await service.stop()


async def test_log_tail_is_of_this_run_only(folder: DataFolder, guardian: Guardian) -> None:
    for word in ("first", "second"):
        service = command(f"print('{word} run')", folder, guardian)
        service.start()
        await service.finished()
    assert "second run" in service.log_tail()
    assert "first run" not in service.log_tail()
    assert "first run" in folder.log("command").read_text()


async def test_command_gets_its_environment_and_its_failure_is_reported(folder: DataFolder, guardian: Guardian) -> None:
    service = command("import os; raise SystemExit(os.environ['REASON'])", folder, guardian, REASON="no database")
    service.start()
    with pytest.raises(StartError, match=r"(?s)ended with code 1.*no database"):
        await service.finished()


async def test_service_that_ignores_the_stop_signal_is_killed_with_what_it_started(
    folder: DataFolder, guardian: Guardian
) -> None:
    code = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('child', subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
    )
    service = command(code, folder, guardian)
    service.start()
    await eventually(lambda: "child" in service.log_tail())
    child = psutil.Process(int(service.log_tail().split()[1]))
    await service.stop(grace=0.2)
    assert not service.running
    await eventually(lambda: not lives(child))
