"""Starts stack_program as another process and says what became of the processes it had started."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStack:
    process: "subprocess.Popen[str]"
    postgres_url: str
    children: tuple[psutil.Process, ...]

    def survivors(self, *, after: float) -> list[psutil.Process]:
        """The processes of the stack, with all theirs, that still live `after` seconds from now at most."""
        return survivors(self.children, after=after)


def survivors(processes: Sequence[psutil.Process], *, after: float) -> list[psutil.Process]:
    """Those that still live `after` seconds from now; returns sooner when none does."""
    until = time.monotonic() + after
    while (left := [process for process in processes if lives(process)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


@contextmanager
def other_stack(
    folder: Path,
    *,
    python: str = sys.executable,
    account: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[OtherStack]:
    with subprocess.Popen(
        [python, "-m", "tests.integration.deploy.stack_program", str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, to which a test can send Ctrl-C
        user=account,
        group=account,
        extra_groups=None if account is None else [],
        env=environment,
    ) as process:
        children: tuple[psutil.Process, ...] = ()
        try:
            assert process.stdout is not None
            said = json.loads(next(line for line in process.stdout if line.startswith("{")))
            children = tuple(psutil.Process(process.pid).children(recursive=True))
            assert set(said["pids"].values()) <= {child.pid for child in children}
            yield OtherStack(process=process, postgres_url=said["postgres_url"], children=children)
        finally:
            process.terminate()
            for left in survivors(children, after=20):  # of a test that failed
                left.kill()
