"""The reads that are about somebody: a rank, the rows around it, ranks among people; each is one call to Valkey.

What is read of somebody under a pseudonym goes to themself and to the programme's managers; to others there is no row.
"""

from collections.abc import Sequence

from gateway.boards.answer import Answer, matches, rows, unchanged
from gateway.boards.bodies import Bodies, is_named
from gateway.boards.gathered import Found
from gateway.boards.moment import Moment
from gateway.boards.periods import check_begun
from gateway.boards.sheets import KnownBoard, Sheet
from gateway.boards.standings import Place, Standings, Window, check_whole
from gateway.errors import NotOnBoard
from gateway.names import Names
from libs.auth.person_keys import PersonKeys
from libs.auth.principal import Principal
from libs.clock import Clock

MANAGES = "boards:write"  # who defines a programme's boards may find everybody on them


class Reads:
    """The reads of a board that the caller may enter. `seen` is the caller's `If-None-Match`."""

    def __init__(self, standings: Standings, names: Names, *, clock: Clock, person_keys: PersonKeys) -> None:
        """Take rows from `standings`, what people are called from `names`, and who asks from `person_keys`."""
        self._standings, self._names, self._bodies = standings, names, Bodies(names)
        self._clock, self._person_keys = clock, person_keys

    async def rank(
        self, caller: Principal, board: KnownBoard, period: str | None, ambassador: bytes, seen: bytes | None
    ) -> Answer:
        """Return one rank. Raises NotOnBoard, and what every read raises."""
        sheet = board.sheet(period, self._clock.now())
        found = await self._standings.rank(sheet, ambassador=ambassador)
        return self.rank_read(caller, sheet, found, ambassador, seen)

    def rank_read(self, caller: Principal, sheet: Sheet, found: Found, ambassador: bytes, seen: bytes | None) -> Answer:
        """Return the answer of a rank that was read. Raises NotOnBoard, PeriodNotFound, BoardPending."""
        moment, item = found
        if item is None:
            raise self._no_row(sheet, moment)
        place = Place.of(ambassador, item)
        self._check_found(caller, sheet, by_choice=place.named, owner=place.owner)
        etag = self._etag(sheet, moment)
        return _had(etag, seen) or rows(self._bodies.rank(sheet, moment, place), etag)

    async def around(
        self,
        caller: Principal,
        board: KnownBoard,
        period: str | None,
        ambassador: bytes,
        seen: bytes | None,
        *,
        size: int,
    ) -> Answer:
        """Return the rows around somebody. Raises NotOnBoard, and what every read raises."""
        sheet = board.sheet(period, self._clock.now())
        found = await self._standings.around(sheet, size=size, ambassador=ambassador)
        return self.around_read(caller, sheet, found, seen)

    def around_read(self, caller: Principal, sheet: Sheet, found: Found, seen: bytes | None) -> Answer:
        """Return the answer of rows that were read. Raises NotOnBoard, PeriodNotFound, BoardPending."""
        moment, item = found
        if item is None:
            raise self._no_row(sheet, moment)
        window = Window.of(moment, item)
        self._check_found(caller, sheet, by_choice=window.named(window.number), owner=window.owner)
        etag = self._etag(sheet, moment)
        return _had(etag, seen) or rows(self._bodies.page(sheet, window), etag)

    async def among(
        self, board: KnownBoard, period: str | None, ambassadors: Sequence[bytes], seen: bytes | None
    ) -> Answer:
        """Return people's ranks. Raises what every read raises."""
        sheet = board.sheet(period, self._clock.now())
        moment, places = await self._standings.among(sheet, ambassadors)
        self._check_begun(sheet, moment)
        etag = self._etag(sheet, moment)
        return _had(etag, seen) or rows(self._bodies.among(sheet, moment, places), etag)

    def _no_row(self, sheet: Sheet, moment: Moment) -> NotOnBoard:
        """Return what somebody without a row is told. Raises PeriodNotFound, BoardPending where nobody has one."""
        check_whole(moment)
        self._check_begun(sheet, moment)
        return _not_on(sheet)

    def _check_begun(self, sheet: Sheet, moment: Moment) -> None:
        if moment.state == "absent":
            check_begun(sheet.period, sheet.board, self._clock.now())

    def _check_found(self, caller: Principal, sheet: Sheet, *, by_choice: bool, owner: str) -> None:
        """Let pass who may find a row by id. Raises NotOnBoard, the same for a pseudonym's and for none."""
        if not (
            is_named(sheet.board, by_choice=by_choice)
            or caller.has(MANAGES)
            or owner == self._person_keys.of_subject(caller.subject)
        ):
            raise _not_on(sheet)

    def _etag(self, sheet: Sheet, moment: Moment) -> bytes | None:
        name = sheet.name(moment, self._names.revision)
        return b'"%b"' % name if name else None


def _had(etag: bytes | None, seen: bytes | None) -> Answer | None:
    return unchanged(etag) if etag and seen and matches(etag, seen) else None


def _not_on(sheet: Sheet) -> NotOnBoard:
    return NotOnBoard(f"no row of this id in {sheet.period}")
