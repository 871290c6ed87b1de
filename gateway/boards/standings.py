"""Reading definitions, places and windows of rows from Valkey."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.boards.definitions import DEFAULTS, FIELDS, Definition
from gateway.boards.gathered import Found, ScriptCalls
from gateway.boards.keys import ALL_DEFINED, definition_key
from gateway.boards.moment import Moment
from gateway.boards.scripts import AROUND, PAGE, RANKS
from gateway.boards.sheets import Sheet
from gateway.errors import BoardPending, BoardsUnavailable, no_board
from libs.storage.pipelined import Pipelined
from libs.storage.resp import Part, Script, packed
from libs.storage.valkey import ValkeyError
from libs.telemetry.logs import logger

log = logger(__name__)

PENDING, UNAVAILABLE = "the board is being built; try again in a second", "try again in a second"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after this score and arrival (the first bytes of a member)."""

    milli_points: int
    arrival: bytes


@dataclass(slots=True)  # not frozen: that makes building one three times as slow
class Window:
    """Consecutive rows of a board at one moment; the first stands at `start` (from 0).

    Members, scores (milli-points in digits) and appearances are as Valkey gives them; there are no appearances when
    nobody in the period has chosen one. `above` have more than the first row, where ranks are shared. `number` is the
    row of somebody who was asked for by id, and `owner` the keyed hash of that one's subject, where the row may not
    show a name.
    """

    moment: Moment
    start: int = 0
    above: int = 0
    number: int = 0
    members: Sequence[bytes] = ()
    scores: Sequence[bytes] = ()
    appearances: Sequence[bytes | None] = ()
    owner: str = ""

    @classmethod
    def of(cls, moment: Moment, item: Sequence[Any]) -> "Window":
        """Return what an item of a script's answer says."""
        start, above, number, flat, appearances, owner = item
        return cls(moment, start, above, number, flat[::2], flat[1::2], appearances, text_of(owner))

    def named(self, number: int) -> bool:
        """Whether the row of that number shows a name, as far as its person has chosen."""
        return not self.appearances or is_name(self.appearances[number])


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

    @classmethod
    def of(cls, ambassador: bytes, item: Sequence[Any]) -> "Place":
        """Return what an item of a script's answer says of an ambassador."""
        score, place, above, below, appearance, owner = item
        return cls(ambassador, score, place, above, below, is_name(appearance), text_of(owner))


class Standings:
    """The boards in Valkey. Every read raises BoardsUnavailable when Valkey does not answer.

    `ranks` and `rows_around` are asked with arguments as `rank` and `around` pack them; they raise ValkeyError.
    """

    def __init__(self, valkey: Pipelined) -> None:
        """Read through `valkey`."""
        self._valkey = valkey
        self.ranks = ScriptCalls(valkey, RANKS, width=1, enough=16)
        self.rows_around = ScriptCalls(valkey, AROUND, width=2, enough=8)

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
        moment, items = await self._answer(PAGE, sheet, known.moment.known if known else "", size, *position)
        return Window.of(moment, items[0]) if items else Window(moment)

    async def around(self, sheet: Sheet, *, size: int, ambassador: bytes) -> Found:
        """Return `size` rows, or all of a smaller board, with the ambassador's in the middle where it can be.

        A window reads the item; there is none without a row of the ambassador.
        """
        try:
            return await self.rows_around.get(sheet, packed(size, ambassador))
        except ValkeyError as error:
            raise _unavailable(error) from error

    async def rank(self, sheet: Sheet, *, ambassador: bytes) -> Found:
        """Return where one ambassador stands; a place reads the item, and there is none without a row."""
        try:
            return await self.ranks.get(sheet, packed(ambassador))
        except ValkeyError as error:
            raise _unavailable(error) from error

    async def among(self, sheet: Sheet, ambassadors: Sequence[bytes]) -> tuple[Moment, Sequence[Place]]:
        """Return where each of the ambassadors stands who has a row, best first. Raises BoardPending."""
        moment, items = await self._answer(RANKS, sheet, *ambassadors)
        places = [Place.of(one, item) for one, item in zip(ambassadors, items, strict=False) if item]
        return moment, sorted(places, key=lambda one: one.place)

    async def _answer(self, script: Script, sheet: Sheet, *arguments: Part) -> Found:
        try:
            reply = await self._valkey.script(script, sheet.keys, sheet.board.tie, *arguments)
        except ValkeyError as error:
            raise _unavailable(error) from error
        moment = Moment.of(reply)
        check_whole(moment)
        return moment, reply[-1]


def check_whole(moment: Moment) -> None:
    """Raise BoardPending while the board is being built."""
    if moment.state == "pending":
        raise BoardPending(PENDING, retry_after=1)


def is_name(appearance: bytes | None) -> bool:
    """Whether somebody shows their name who has chosen so, or nothing."""
    return appearance is None or appearance.endswith(b":name")


def text_of(value: bytes | None) -> str:
    """Return a text that may be missing."""
    return value.decode() if value else ""


def _unavailable(error: ValkeyError) -> BoardsUnavailable:
    log.warning("valkey_failed", error=repr(error))
    return BoardsUnavailable(UNAVAILABLE, retry_after=1)
