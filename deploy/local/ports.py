"""Owns which loopback port each process listens on, kept from one run to the next."""

import json
import random
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
# Below the range from which Linux takes the ports of outgoing connections (32768 to 60999): a port of
# ours is not lost to one of those between two runs.
FIRST, LAST = 20_000, 29_999


class Ports:
    """The ports of one data folder. Reserved while this is open, so that two stacks never choose the same.

    The reservation is a UDP socket of the same number: UDP and TCP ports are apart, so a server can still
    listen, and the system gives the reservation back when this process ends.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._chosen: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        self._taken: dict[str, int] = {}
        self._reserved = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reserved.close()

    def take(self, name: str) -> int:
        """The port of `name`: the one of the last run when it is still free, else another free one."""
        if name not in self._taken:
            self._taken[name] = self._reserve_one(self._chosen.get(name))
            self._chosen[name] = self._taken[name]
            self._file.write_text(json.dumps(self._chosen, indent=2, sort_keys=True) + "\n")
        return self._taken[name]

    def _reserve_one(self, preferred: int | None) -> int:
        candidates = random.sample(range(FIRST, LAST + 1), k=200)
        if preferred is not None:
            candidates.insert(0, preferred)
        for port in candidates:
            if self._reserve(port):
                return port
        raise OSError(f"No free port on {HOST} between {FIRST} and {LAST}.")

    def _reserve(self, port: int) -> bool:
        with suppress(OSError), ExitStack() as attempt:
            reservation = attempt.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            reservation.bind((HOST, port))
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
                # As the servers do, so that connections which linger after a stop do not count.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((HOST, port))
                listener.listen()  # with SO_REUSEADDR only this notices another listener everywhere
            self._reserved.push(attempt.pop_all())
            return True
        return False
