"""Owns the private file by which other commands find the servers of a running stack."""

import os
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
from pydantic import BaseModel

from deploy.local.folder import DataFolder

FILE = "addresses.json"


class NoStackError(RuntimeError):
    """No stack runs on the folder; the message says how to start one."""


class Addresses(BaseModel):
    """Where everything of one stack listens, with passwords; `databases` by service, `processes` by name."""

    pid: int
    started: float
    processes: dict[str, str]
    databases: dict[str, str]
    nats: str
    valkey: str | None


def own_process() -> tuple[int, float]:
    """The id of this process and its start in seconds since 1970, which together no other process has."""
    return os.getpid(), float(psutil.Process().create_time())


def write_addresses(folder: DataFolder, addresses: Addresses) -> Path:
    """Write secrets/addresses.json (0600)."""
    return folder.write_private(FILE, addresses.model_dump_json(indent=2))


def forget_addresses(folder: DataFolder) -> None:
    """The stack stops."""
    (folder.secrets / FILE).unlink(missing_ok=True)


def running_addresses(root: Path) -> Addresses:
    """What the stack that runs on the folder at `root` has written. Raises NoStackError."""
    path = root / "secrets" / FILE
    found = Addresses.model_validate_json(path.read_text()) if path.exists() else None
    if found is None or not _runs(found):
        raise NoStackError(f"No stack runs on {root}. Start one with: make run")
    return found


def _runs(addresses: Addresses) -> bool:
    try:
        # The id alone could meanwhile be another program's.
        return bool(abs(psutil.Process(addresses.pid).create_time() - addresses.started) < 1)
    except psutil.NoSuchProcess:
        return False
