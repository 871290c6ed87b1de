"""Reading definitions and windows of rows from Valkey."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from gateway.boards.definitions import DEFAULTS, FIELDS, Definition
from gateway.boards.keys import ALL_DEFINED, ambassador_of, definition_key
from gateway.boards.scripts import AMONG, AROUND, PAGE, RANK
from gateway.boards.sheets import Sheet
from gateway.errors import BoardPending, BoardsUnavailable, no_board
from libs.storage.pipelined import Pipelined
from libs.storage.resp import Part, Script, packed
from libs.storage.valkey import ValkeyError
from libs.telemetry.logs import logger

log = logger(__name__)

State = Literal["ready", "absent", "missing", "pending", "unchanged"]
PENDING, UNAVAILABLE = "the board is being built; try again in a second", "try again in a second"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after this score and arrival (the first bytes of a member)."""

    milli_points: int
    arrival: bytes


@dataclass(slots=True)  # not frozen: that makes building one three times as slow
class Window:
    """Consecutive rows of a board at one moment; the first stands at `start` (from 0), `above` have more than it.

    Members, scores (milli-points in digits) and appearances are as Valkey gives them; there are no appearances when
    nobody in the period has chosen one. `owner` is the keyed hash of the subject whose row was asked for by its id,
    where that row may not show a name.
    """

    state: State
    sequence: int
    version: int
    at: str
    total: int
    start: int = 0
    above: int = 0
    members: Sequence[bytes] = ()
    scores: Sequence[bytes] = ()
    appearances: Sequence[bytes | None] = ()
    owner: str = ""

    @classmethod
    def of(cls, found: Sequence[Any]) -> "Window":
        """Return what a script has answered."""
        state, sequence, version, at, total, start, above, flat, appearances, owner = found
        return cls(
            state.decode(), int(sequence), int(version), at.decode(), total, start, above,
            flat[::2], flat[1::2], appearances, text_of(owner),
        )  # fmt: skip

    @property
    def known(self) -> str:
        """The version, as PAGE is told that it is known."""
        return f"{self.sequence} {self.version} {self.at}"

    @property
    def facts(self) -> str:
        """Equal when the rows are."""
        return f"{self.state} {self.known}"

    def named(self, number: int) -> bool:
        """Whether the row of that number shows a name, as far as its person has chosen."""
        return not self.appearances or is_name(self.appearances[number])

    def row_of(self, ambassador: bytes) -> int | None:
        """Return the number of somebody's row."""
        for number, member in enumerate(self.members):
            if member.endswith(ambassador):
                return number
        return None


@dataclass(slots=True)  # as above
class Place:
    """Where somebody stands among all: `place` counts from 0, `above` have more, `below` have less."""

    ambassador: bytes
    score: bytes
    place: int
    above: int
    below: int
    named: bool
    owner: str


class Standings:
    """The boards in Valkey. Every read raises BoardsUnavailable when Valkey does not answer."""

    def __init__(self, valkey: Pipelined) -> None:
        """Read through `valkey`."""
        self._valkey = valkey

    async def definition(self, board_id: UUID) -> Definition:
        """Return what a board is. Raises BoardNotFound, and BoardPending while definitions may be missing."""
        try:
            found = await self._valkey.command("HMGET", definition_key(board_id), *FIELDS, *DEFAULTS)
            definition = Definition.of(board_id, found)
            if definition is not None:
                return definition
            known = await self._valkey.command("EXISTS", ALL_DEFINED)
        except ValkeyError as error:
            raise _unavailable(error) from error
        if known:
            raise no_board(board_id)
        raise BoardPending("boards are being built; try again in a second", retry_after=1)

    async def page(self, sheet: Sheet, *, size: int, after: Position | None, known: Window | None = None) -> Window:
        """Return the first rows, or those after a row that may have gone. Raises BoardPending.

        The state is `unchanged`, and there are no rows, when the period is still what it was in the window `known`.
        """
        position: tuple[Part, Part] = (after.milli_points, after.arrival) if after else ("", "")
        found = await self._answer(PAGE, sheet, known.known if known else "", size, *position)
        return Window.of(found)

    async def around(self, sheet: Sheet, *, size: int, ambassador: bytes) -> Window:
        """Return `size` rows, or all of a smaller board, with the ambassador's in the middle where it can be."""
        return Window.of(await self._answer(AROUND, sheet, size, ambassador))

    async def rank(self, sheet: Sheet, *, ambassador: bytes) -> tuple[Window, Place | None]:
        """Return where one ambassador stands, None without a row; the window itself has no rows."""
        return place_of(await self._answer(RANK, sheet, ambassador), ambassador)

    async def among(self, sheet: Sheet, ambassadors: Sequence[bytes]) -> tuple[Window, tuple[Place, ...]]:
        """Return where each of the ambassadors stands who has a row, best first; the window itself has no rows."""
        found = await self._answer(AMONG, sheet, *ambassadors)
        flat, appearances, owners = found[7:]
        people = zip(*(flat[column::5] for column in range(5)), appearances, owners or (), strict=True)
        places = [
            Place(ambassador_of(member), score, place, above, below, named=is_name(seen), owner=text_of(owner))
            for member, score, place, above, below, seen, owner in people
        ]
        return Window.of([*found[:7], (), (), None]), tuple(sorted(places, key=lambda one: one.place))

    def begin_rank(self, sheet: Sheet, ambassador: bytes) -> "asyncio.Future[Any]":
        """Ask for what `place_of` reads, without waiting; fails as Valkey does. Raises ValkeyError."""
        return self._valkey.ask(RANK.by_digest(sheet.keys, packed(ambassador), 1))

    def begin_around(self, sheet: Sheet, ambassador: bytes, size: int) -> "asyncio.Future[Any]":
        """Ask for what `Window.of` reads, without waiting; fails as Valkey does. Raises ValkeyError."""
        return self._valkey.ask(AROUND.by_digest(sheet.keys, packed(size, ambassador), 2))

    async def _answer(self, script: Script, sheet: Sheet, *arguments: Part) -> list[Any]:
        try:
            found: list[Any] = await self._valkey.script(script, sheet.keys, *arguments)
        except ValkeyError as error:
            raise _unavailable(error) from error
        if found[0] == b"pending":
            raise BoardPending(PENDING, retry_after=1)
        return found


def place_of(found: Sequence[Any], ambassador: bytes) -> tuple[Window, Place | None]:
    """Return what RANK has answered: a window without rows, and where the ambassador stands, None without a row."""
    state, sequence, version, at, total, _, _, row, appearances, owner = found
    window = Window(state.decode(), int(sequence), int(version), at.decode(), total)
    if not row:
        return window, None
    score, place, above, below = row
    return window, Place(ambassador, score, place, above, below, is_name(appearances[0]), text_of(owner))


def is_name(appearance: bytes | None) -> bool:
    """Whether somebody shows their name who has chosen so, or nothing."""
    return appearance is None or appearance.endswith(b":name")


def text_of(value: bytes | None) -> str:
    """Return a text that may be missing."""
    return value.decode() if value else ""


def _unavailable(error: ValkeyError) -> BoardsUnavailable:
    log.warning("valkey_failed", error=repr(error))
    return BoardsUnavailable(UNAVAILABLE, retry_after=1)
