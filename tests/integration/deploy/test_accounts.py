import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from deploy.local.folder import DataFolder
from deploy.local.guardian import guarded
from deploy.local.ports import Ports
from deploy.local.servers import postgres_files
from deploy.local.servers.postgres import PostgresServer
from tests.integration.deploy.stack_process import PROJECT, other_stack

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes of other accounts")


@pytest.fixture
def everyones() -> Iterator[Path]:
    """A folder that every account can walk to, which pytest's own are not."""
    with TemporaryDirectory(prefix="timbre-", dir="/var/tmp") as path:  # random name, made by us
        Path(path).chmod(0o755)
        yield Path(path)


@pytest.fixture
def private(everyones: Path) -> Path:
    """A folder of root's that nobody else can walk through, as /root."""
    path = everyones / "private"
    path.mkdir(mode=0o700)
    return path


async def start_and_count(folder: DataFolder, shared: Path) -> tuple[str, str, int]:
    """Start PostgreSQL; returns its account, its program, and how often this was called on the folder."""
    async with guarded(folder) as guardian:
        with Ports(folder.ports) as ports:
            server = PostgresServer(folder, ports=ports, guardian=guardian, shared=shared)
            await server.start()
            connection = await asyncpg.connect(server.url)
            await connection.execute("CREATE TABLE IF NOT EXISTS start (id int)")
            count = await connection.fetchval("WITH one AS (INSERT INTO start VALUES (1)) SELECT count(*) FROM start")
            await connection.close()
            process = psutil.Process(server.pid)
            answer = process.username(), process.exe(), count + 1
            await server.stop()
    return answer


async def test_root_runs_postgres_as_nobody_in_the_data_folder(everyones: Path) -> None:
    folder = DataFolder.at(everyones / "data")
    assert (await start_and_count(folder, everyones / "shared"))[0] == "nobody"
    assert (folder.root / "postgres" / "data" / "PG_VERSION").read_text() == "18\n"
    assert not (everyones / "shared").exists()


async def test_database_files_of_a_private_folder_lie_where_their_account_can_walk(
    everyones: Path, private: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, shared = DataFolder.at(private / "data"), everyones / "shared"
    account, _, count = await start_and_count(folder, shared)
    assert (account, count) == ("nobody", 1)
    home = folder.root / "postgres"
    assert home.is_symlink()
    assert home.resolve().parent == shared
    assert home.resolve().stat().st_mode & 0o777 == 0o700
    (line,) = capfd.readouterr().out.splitlines()
    assert str(home.resolve()) in line
    assert (await start_and_count(folder, shared))[2] == 2  # the same files
    assert capfd.readouterr().out == ""


def test_private_folder_stays_private(private: Path, everyones: Path) -> None:
    asyncio.run(start_and_count(DataFolder.at(private / "data"), everyones / "shared"))
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def private_wheel(private: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PostgreSQL's wheel as root installs it below /root under umask 077."""
    for part in postgres_files.COPIED:
        shutil.copytree(postgres_files._packages() / part, private / "packages" / part)
    subprocess.run(["chmod", "-R", "go=", private / "packages"], check=True)
    monkeypatch.setattr(postgres_files, "_packages", lambda: private / "packages")
    return private


@pytest.mark.usefixtures("private_wheel")
async def test_programs_of_a_private_wheel_are_copied_once(everyones: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shared = everyones / "shared"
    for count in (1, 2):
        account, program, counted = await start_and_count(DataFolder.at(everyones / "data"), shared)
        assert (account, counted) == ("nobody", count)
        assert Path(program).is_relative_to(shared)
        assert capfd.readouterr().out.count("programs are copied") == (1 if count == 1 else 0)


async def test_removed_database_files_behind_the_link_are_made_again(everyones: Path, private: Path) -> None:
    folder, shared = DataFolder.at(private / "data"), everyones / "shared"
    await start_and_count(folder, shared)
    shutil.rmtree((folder.root / "postgres").resolve())
    assert (await start_and_count(folder, shared))[2] == 1


def test_ordinary_user_runs_all_servers_under_its_own_account(everyones: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(everyones, nobody.pw_uid, nobody.pw_gid)
    packages = sysconfig.get_path("purelib")
    environment = {"PATH": os.defpath, "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    python = python_for(nobody.pw_uid, environment)
    with other_stack(everyones / "data", python=python, account=nobody.pw_uid, environment=environment) as stack:
        assert {child.username() for child in stack.children} == {"nobody"}
        stack.process.terminate()
        stack.process.wait()
        assert stack.survivors(after=15) == []


def python_for(account: int, environment: dict[str, str]) -> str:
    """A Python of our version that `account` can start with our packages; ours may lie below /root."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        try:
            subprocess.run(
                [python, "-c", "import asyncpg, psutil, deploy.local"],
                user=account, group=account, extra_groups=[], env=environment, cwd=PROJECT, check=True,
                capture_output=True,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip(f"neither {sys.executable} nor another {name} can be started by account {account}")
