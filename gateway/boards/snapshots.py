"""Tops as ready bytes: made once for all who read them, looked after by one reader at a time, within bounds of memory.

A snapshot says nothing of who reads it. Whether somebody may is decided for each request, before its bytes go out.
"""

from collections import OrderedDict
from typing import NamedTuple
from uuid import UUID

from gateway.boards.answer import Answer, matches, rows, unchanged
from gateway.boards.bodies import Bodies
from gateway.boards.cursors import position_of
from gateway.boards.directory import Directory
from gateway.boards.held import AWAY, Held, Patience
from gateway.boards.periods import check_begun
from gateway.boards.sheets import Sheet
from gateway.boards.standings import Standings, Window
from gateway.codings import LEAST_BYTES, Coding, coding_for, encoded
from gateway.metrics import Metrics
from gateway.names import Names
from libs.clock import Clock

VARY = (b"vary", b"accept-encoding")
ROW_BYTES = 200  # of a member, its score and what Python keeps of both
ENTRY_BYTES = 2000


class PageKey(NamedTuple):
    """Which rows: of a board, in the period that is asked for (`week` is another one next week), from where on."""

    board_id: str
    period: str | None
    limit: int
    cursor: str | None


class Snapshot:
    """The rows of one moment and the answers that show them, each coding made when somebody first wants it."""

    __slots__ = ("_answers", "body", "name", "revision", "sheet", "window")

    def __init__(self, sheet: Sheet, window: Window, body: bytes, revision: int) -> None:
        """Show `window` under the names of a revision. `name` is what ETags are made of, None before names are read."""
        self.sheet, self.window, self.body, self.revision = sheet, window, body, revision
        self.name = sheet.name(window.moment, revision)
        self._answers: dict[Coding, tuple[Answer, Answer, bytes | None]] = {}

    @property
    def size(self) -> int:
        """The bytes of memory that it may take at most, with both compressed forms."""
        return 3 * len(self.body) + ROW_BYTES * len(self.window.members) + ENTRY_BYTES

    def answer(self, seen: bytes | None, accepted: bytes | None, age: float) -> Answer:
        """Return what a client gets who has `seen` and accepts these codings; `age` is in seconds."""
        coding: Coding = coding_for(accepted) if accepted and len(self.body) >= LEAST_BYTES else "identity"
        full, same, etag = self._answers.get(coding) or self._made(coding)
        return (same if seen and etag and matches(etag, seen) else full).aged(age)

    def _made(self, coding: Coding) -> tuple[Answer, Answer, bytes | None]:
        # bytes of another coding are another representation, so a strong tag must tell them apart (RFC 9110, 8.8.3.3)
        mark = b"" if coding == "identity" else b"-" + coding.encode()
        etag = b'"%b%b"' % (self.name, mark) if self.name else None
        full = rows(encoded(self.body, coding), etag).with_headers(VARY)
        if coding != "identity":
            full = full.with_headers((b"content-encoding", coding.encode()))
        made = self._answers[coding] = full, unchanged(etag or b"").with_headers(VARY), etag
        return made


class Snapshots:
    """The pages that are read, the most recently used ones."""

    def __init__(
        self,
        standings: Standings,
        directory: Directory,
        names: Names,
        metrics: Metrics,
        *,
        clock: Clock,
        patience: Patience,
        most_bytes: int,
    ) -> None:
        """Keep at most so many bytes."""
        self._standings, self._directory, self._names = standings, directory, names
        self._bodies = Bodies(names)
        self._metrics, self._clock, self._patience = metrics, clock, patience
        self._most_bytes = most_bytes
        self._pages: OrderedDict[PageKey, Held[Snapshot]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def at_hand(self, key: PageKey) -> tuple[Snapshot, float] | None:
        """Return a snapshot that nobody need wait for, and its age."""
        held = self._pages.get(key)
        if held is None or (snapshot := held.at_hand()) is None:
            return None
        self._pages.move_to_end(key)
        return snapshot, held.age()

    async def get(self, key: PageKey, *, fresh: bool = False) -> tuple[Snapshot, float]:
        """Return a snapshot and its age in seconds. Raises Problem."""
        held = self._pages.get(key) or self._hold(key)
        self._pages.move_to_end(key)
        try:
            return await held.get(fresh=fresh), held.age()
        finally:
            if held.value is None and self._pages.get(key) is held:
                del self._pages[key]

    def _hold(self, key: PageKey) -> Held[Snapshot]:
        async def read(before: Snapshot | None) -> Snapshot:
            return await self._read(key, held, before)

        held = self._pages[key] = Held(read, self._patience)
        return held

    async def _read(self, key: PageKey, held: Held[Snapshot], before: Snapshot | None) -> Snapshot:
        try:
            snapshot = await self._newest(key, before)
        except AWAY:
            self._metrics.snapshot("failed")
            if before is not None and before.revision != self._names.revision:
                # the rows are shown as they were, but nobody under a name that has changed or is gone
                self._put(key, held, self._shown(before.sheet, before.window))
            raise
        if snapshot is not before:
            self._put(key, held, snapshot)
        self._metrics.snapshot("unchanged" if snapshot is before else "made")
        return snapshot

    async def _newest(self, key: PageKey, before: Snapshot | None) -> Snapshot:
        board, now = await self._directory.find(UUID(key.board_id)), self._clock.now()
        sheet = board.sheet(key.period, now)
        known = before.window if before is not None and before.sheet is sheet else None
        after = position_of(key.cursor, sheet.period)
        window = await self._standings.page(sheet, size=key.limit, after=after, known=known)
        if before is not None and known is not None and window.moment.state == "unchanged":
            return before if before.revision == self._names.revision else self._shown(sheet, known)
        if window.moment.state == "absent":
            check_begun(sheet.period, board.definition, now)
        return self._shown(sheet, window)

    def _shown(self, sheet: Sheet, window: Window) -> Snapshot:
        return Snapshot(sheet, window, self._bodies.page(sheet, window), self._names.revision)

    def _put(self, key: PageKey, held: Held[Snapshot], snapshot: Snapshot) -> None:
        """Take the place of the snapshot before, and let go of the least used ones where it is too much."""
        if self._pages.get(key) is not held:
            return  # meanwhile let go of: its readers get it, nobody keeps it
        self.bytes += snapshot.size - (held.value.size if held.value else 0)
        held.value = snapshot
        while self.bytes > self._most_bytes and len(self._pages) > 1:
            _, oldest = self._pages.popitem(last=False)
            self.bytes -= oldest.value.size if oldest.value else 0
