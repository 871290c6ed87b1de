"""How many streams one person and this process may have open."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import LiveFull, TooManyStreams

RETRY_SECONDS = 10


class Places:
    """Counts the open streams."""

    def __init__(self, *, each: int, most: int) -> None:
        """Give `each` person so many and all together `most`."""
        self._each = each
        self._most = most
        self._of: Counter[str] = Counter()
        self.taken = 0

    @contextmanager
    def one(self, person: str) -> Iterator[None]:
        """Take a place until the block ends. Raises TooManyStreams, LiveFull."""
        if self._of[person] >= self._each:
            raise TooManyStreams(f"close one of your {self._each} streams first", retry_after=RETRY_SECONDS)
        if self.taken >= self._most:
            raise LiveFull("all places are taken; try again later", retry_after=RETRY_SECONDS)
        self._of[person] += 1
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._of[person] -= 1
            if not self._of[person]:
                del self._of[person]
