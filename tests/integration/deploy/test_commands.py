import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from deploy.local import demonstration
from deploy.local.__main__ import parsed
from deploy.local.folder import DataFolder
from tests.integration.deploy.stack_process import PROJECT, survivors
from tests.support.clock import MovedClock
from tests.support.servers import empty_folder

COMMAND = [sys.executable, "-m", "deploy.local"]


@pytest.fixture
def data() -> Iterator[Path]:
    with empty_folder() as path:
        yield path


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.at(tmp_path)


def said(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=40)


@contextmanager
def running(data: Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, list[str]]]]:
    """The command that runs content, and the rows of its table by name."""
    command = [*COMMAND, "--data", str(data), "--only", "content"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        rows: dict[str, list[str]] = {}
        for line in process.stdout:
            name, *rest = line.split()
            rows[name] = rest
            if name == "content":
                break
        try:
            yield process, rows
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_run_shows_what_runs_where_and_stops_all_of_it_on_sigterm(data: Path) -> None:
    with running(data) as (process, rows):
        assert list(rows) == ["name", "postgres", "nats", "content"]
        children = psutil.Process(process.pid).children(recursive=True)
        assert {int(rows[name][1]) for name in ("postgres", "nats", "content")} <= {child.pid for child in children}
        token = said("token", "--data", str(data), "--role", "manager").stdout.strip()
        answer = httpx.get(
            f"{rows['content'][0]}/programmes", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        assert answer.json() == {"items": [], "next": None}
        second = said("--data", str(data), "--only", "content")
        assert (second.returncode, second.stdout) == (1, "")
        assert f"in use by process {process.pid}" in second.stderr
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert survivors(children, after=0) == []


def test_verify_without_a_stack_fails_with_what_to_do(data: Path) -> None:
    outcome = said("verify", "--data", str(data))
    assert (outcome.returncode, outcome.stderr) == (1, f"No stack runs on {data}. Start one with: make run\n")


def test_without_a_command_it_is_run() -> None:
    assert vars(parsed(["--only", "content"])) == vars(parsed(["run", "--only", "content"]))


def test_role_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(["token", "--role", "king"])
    assert "invalid choice: 'king'" in capsys.readouterr().err


def test_demonstration_is_due_once(folder: DataFolder) -> None:
    clock = MovedClock()
    assert demonstration.due(folder, clock) == clock.now()
    demonstration.decline(folder)
    assert demonstration.due(folder, clock) is None


def test_demonstration_that_was_broken_off_goes_on_as_of_the_same_time(folder: DataFolder) -> None:
    clock = MovedClock()
    begun = clock.now()
    demonstration.begin(folder, begun)
    clock.forward(days=2)
    assert demonstration.due(folder, clock) == begun
    assert clock.now() - begun == timedelta(days=2)
    demonstration.decline(folder)
    assert demonstration.due(folder, clock) == begun


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make", "--no-print-directory"], cwd=PROJECT, capture_output=True, text=True, check=True)
    names = {line.split()[0] for line in listed.stdout.splitlines()}
    assert {"run", "test", "check", "verify", "token", "events", "lock", "clean"} <= names
