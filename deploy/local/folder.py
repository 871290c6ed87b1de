"""Owns the data folder: its paths, its secrets, and the lock that keeps two stacks from sharing it."""

import asyncio
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# The last owner was killed and its guardian still stops the children: worth waiting for.
STOPPING_SECONDS = 20.0


class FolderInUseError(RuntimeError):
    """Another stack holds the folder; the message names its process."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where one local stack keeps everything it writes."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "DataFolder":
        """The folder at `path`, made when it is missing, as an absolute path without links."""
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(path.resolve())
        folder._make()
        return folder

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        """Passwords and keys: the folder is 0700, each file 0600."""
        return self.root / "secrets"

    @property
    def ports(self) -> Path:
        """Which process listened on which port."""
        return self.root / "ports.json"

    def log(self, name: str) -> Path:
        """The log file of the process `name`."""
        return self.logs / f"{name}.log"

    def secret(self, name: str) -> str:
        """The password called `name`: made on first use, the same ever after, safe inside a URL."""
        return self.secret_file(name, lambda: secrets.token_urlsafe(24).encode()).read_text()

    def secret_file(self, name: str, make: Callable[[], bytes]) -> Path:
        """The file secrets/`name` (0600), filled by `make` on first use; two makers agree on one content."""
        path = self.secrets / name
        if not path.exists():
            handle, written = tempfile.mkstemp(dir=self.secrets)
            with os.fdopen(handle, "wb") as file:
                file.write(make())
            _keep_first(Path(written), path)
        return path

    def write_private(self, name: str, text: str) -> Path:
        """The file secrets/`name` (0600) with this text now, whatever it held: a configuration with passwords."""
        path = self.secrets / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def erase(self) -> None:
        """Remove everything in it, also what lies elsewhere behind a link; to be called while it is locked."""
        for entry in self.root.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry.resolve())
            if entry.is_symlink() or entry.name == "ports.json":
                entry.unlink()
        self._make()

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[BinaryIO]:
        """Hold the folder alone; yields the locked file, which a guardian may hold on to as well.

        Raises FolderInUseError when another stack uses the folder.
        """
        with (self.root / "lock").open("a+b") as file:
            await self._lock(file)
            file.truncate(0)
            file.write(str(os.getpid()).encode())
            file.flush()
            yield file

    async def _lock(self, file: BinaryIO) -> None:
        until = time.monotonic() + STOPPING_SECONDS
        while not _try_lock(file):
            file.seek(0)
            owner = int(file.read() or b"0")
            if _alive(owner) or time.monotonic() > until:
                raise FolderInUseError(f"The data folder {self.root} is in use by process {owner}.")
            await asyncio.sleep(0.05)

    def _make(self) -> None:
        self.logs.mkdir(exist_ok=True)
        self.secrets.mkdir(mode=0o700, exist_ok=True)


def _keep_first(written: Path, path: Path) -> None:
    # A link, not a rename: of two processes that make the same secret, the second must lose.
    try:
        path.hardlink_to(written)
    except FileExistsError:
        pass
    finally:
        written.unlink()


def _try_lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return pid > 0
