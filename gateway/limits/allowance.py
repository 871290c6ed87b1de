"""What is left of a limit after a call, and how the answer says so (draft-ietf-httpapi-ratelimit-headers-11)."""

import math
from typing import NamedTuple

from gateway.limits.classes import Limit
from gateway.routes import Rate

Fields = tuple[tuple[bytes, bytes], ...]


class Allowance(NamedTuple):
    """Seconds: until a refused call may be made (0 when it was let in), and until nothing of the quota is used."""

    wait: float
    used: float

    @property
    def granted(self) -> bool:
        """Whether the call may be made."""
        return self.wait <= 0


class Policy:
    """A limit by its name, ready to be put into answers."""

    def __init__(self, rate: Rate, limit: Limit) -> None:
        self.limit = limit
        self.interval = limit.window / limit.quota
        self._name = f'"{rate}"'
        self._policy = (b"ratelimit-policy", f'"{rate}";q={limit.quota};w={limit.window}'.encode())
        self._line = b"%b: %b\r\nratelimit: %b" % (*self._policy, self._name.encode())

    def fields(self, allowance: Allowance) -> Fields:
        """Return the two fields: what is allowed, how much of it is left, and in how many seconds all of it is."""
        value = f"{self._name};r={self._left(allowance)};t={math.ceil(allowance.used)}"
        return self._policy, (b"ratelimit", value.encode())

    def line(self, allowance: Allowance) -> bytes:
        """Return the same as HTTP/1.1 writes it."""
        return b"%b;r=%d;t=%d\r\n" % (self._line, self._left(allowance), math.ceil(allowance.used))

    def _left(self, allowance: Allowance) -> int:
        return 0 if allowance.wait > 0 else int((self.limit.window - allowance.used) / self.interval + 1e-6)
