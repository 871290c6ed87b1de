"""Rows of people and teams under their names, kept as they were written: neighbours are read again and again."""

import time
from collections.abc import Callable
from functools import lru_cache

from gateway.boards.keys import ambassador_of
from gateway.boards.standings import Window
from gateway.names import UNREAD, Names

MOST_KEPT = 131_072  # some 60 MiB
FULL_SECONDS = 10.0  # for which those that are kept stay when more are read than can be kept


class Rows:
    """What a row shows after its rank. It stays until its score or any name changes."""

    def __init__(self, names: Names) -> None:
        """Notice by the revision of `names` when one has changed."""
        self._names = names
        self._revision = UNREAD
        self._kept: dict[bytes, tuple[bytes, bytes]] = {}
        self._since = 0.0

    def of(self, window: Window, who: Callable[[bytes], bytes]) -> list[bytes]:
        """Return who each row shows, as `who` says, and how much they have."""
        self._let_go()
        kept, found = self._kept, []
        for member, score in zip(window.members, window.scores, strict=True):
            row = kept.get(member)
            if row is None or row[0] != score:
                row = score, who(ambassador_of(member)) + points(score)
                if len(kept) < MOST_KEPT:
                    kept[member] = row
            found.append(row[1])
        return found

    def _let_go(self) -> None:
        """Begin anew when a name has changed, and at times when there is no room, since rows of old scores stay too."""
        revision = self._names.revision
        renamed = revision == UNREAD or revision != self._revision
        if renamed or (len(self._kept) >= MOST_KEPT and time.monotonic() - self._since > FULL_SECONDS):
            self._kept.clear()
            self._revision, self._since = revision, time.monotonic()


@lru_cache(maxsize=65_536)  # on a board many have the same
def points(score: bytes) -> bytes:
    """Return milli-points as the member `points` of a row's JSON."""
    return b',"points":%r' % (int(score) / 1000)
