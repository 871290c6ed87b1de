"""Reading definitions and windows of rows from Valkey."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from gateway.boards.keys import ALL_DEFINED, PeriodKeys, ambassador_of, definition_key
from gateway.boards.scripts import AMONG, AROUND, PAGE
from gateway.errors import BoardNotFound, BoardPending, BoardsUnavailable
from libs.storage.valkey import Valkey, ValkeyError
from libs.telemetry.logs import logger

log = logger(__name__)

State = Literal["ready", "absent", "missing", "pending"]
FIELDS = ["programme_id", "title", "time_zone", "first_day"]
DEFAULTS = {
    "seasons": "",
    "metric": "points",
    "tie": "first",
    "anonymity": "name",
    "salt": "",
    "subject": "ambassador",
    "periods": "week,season,all",
}
# as many as the client has connections: more readers wait their turn instead of failing
READS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a board is: whose, called what, the calendar of its periods, how equals rank and how people appear.

    `seasons` are those that were planned (see `libs.periods.planned_in`), `salt` is what pseudonyms are made with.
    `subject` is what a row is, `periods` are the kinds that can be read.
    """

    board_id: UUID
    programme_id: UUID
    title: str
    time_zone: str
    first_day: date
    seasons: str = ""
    metric: str = "points"
    tie: str = "first"
    anonymity: str = "name"
    salt: str = ""
    subject: str = "ambassador"
    periods: tuple[str, ...] = ("week", "season", "all")


@dataclass(frozen=True, slots=True)
class Row:
    """One standing: the member as it is stored, its score in milli-points, and whether it shows a name.

    `owner` is told of a row that was asked for by its id: the keyed hash of the subject whose row it is, where the row
    does not show a name.
    """

    member: bytes
    milli_points: int
    named: bool = True
    owner: str = ""

    @property
    def ambassador(self) -> bytes:
        """The bytes of the ambassador's UUID, or of the team's."""
        return ambassador_of(self.member)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Consecutive rows of a board at one moment; the first stands at `start` (from 0), `above` have more than it."""

    state: State
    sequence: int
    version: int
    at: str
    total: int
    start: int
    above: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands among all: `place` counts from 0, `above` have more, `below` have less."""

    row: Row
    place: int
    above: int
    below: int


class Standings:
    """The boards in Valkey. Every read raises BoardsUnavailable when Valkey does not answer."""

    def __init__(self, valkey: Valkey) -> None:
        """Read through `valkey`; scripts are sent by their digest, and whole to a server that has lost them."""
        self._valkey = valkey
        self._page = valkey.register_script(PAGE)
        self._around = valkey.register_script(AROUND)
        self._among = valkey.register_script(AMONG)
        self._places = asyncio.Semaphore(READS_AT_ONCE)

    async def definition(self, board_id: UUID) -> Definition:
        """Return what a board is. Raises BoardNotFound, and BoardPending while definitions may be missing."""
        found = await self._run(lambda: self._valkey.hmget(definition_key(board_id), [*FIELDS, *DEFAULTS]))
        if None in found[: len(FIELDS)]:
            if await self._run(lambda: self._valkey.exists(ALL_DEFINED)):
                raise BoardNotFound(f"no board has the id {board_id}")
            raise BoardPending("boards are being built; try again in a second", retry_after=1)
        programme_id, title, time_zone, first_day = (value.decode() for value in found[: len(FIELDS)])
        more = dict(zip(DEFAULTS, found[len(FIELDS) :], strict=True))
        return Definition(
            board_id=board_id,
            programme_id=UUID(programme_id),
            title=title,
            time_zone=time_zone,
            first_day=date.fromisoformat(first_day),
            **_texts(more),
        )

    async def page(self, board_id: UUID, period: str, *, size: int, after: Row | None) -> Window:
        """Return the first rows, or those after a row that may have gone. Raises BoardPending."""
        position = [after.milli_points, after.member] if after else ["", ""]
        return await self._window(self._page, board_id, period, [size, *position])

    async def around(self, board_id: UUID, period: str, *, size: int, ambassador_id: UUID) -> Window:
        """Return `size` rows, or all of a smaller board, with the ambassador's in the middle where it can be."""
        return await self._window(self._around, board_id, period, [size, ambassador_id.bytes], of=ambassador_id.bytes)

    async def among(
        self, board_id: UUID, period: str, ambassador_ids: Sequence[UUID]
    ) -> tuple[Window, tuple[Place, ...]]:
        """Return where each of the ambassadors stands who has a row, best first; the window itself has no rows."""
        found = await self._answer(self._among, board_id, period, [one.bytes for one in ambassador_ids])
        flat, appearances, owners = found[7:]
        people = zip(*(flat[column::5] for column in range(5)), appearances, owners, strict=True)
        places = [
            Place(row=Row(member, int(score), _named(seen), _text(owner)), place=place, above=above, below=below)
            for member, score, place, above, below, seen, owner in people
        ]
        return _window_of(found, ()), tuple(sorted(places, key=lambda one: one.place))

    async def _window(
        self,
        script: Any,  # noqa: ANN401 - redis types neither scripts nor what they take
        board_id: UUID,
        period: str,
        arguments: list[Any],
        of: bytes | None = None,
    ) -> Window:
        found = await self._answer(script, board_id, period, arguments)
        flat, appearances, owners = found[7:]
        owner = _text(owners[0]) if owners else ""
        rows = [
            Row(member, int(score), _named(seen), owner if ambassador_of(member) == of else "")
            for member, score, seen in zip(flat[::2], flat[1::2], appearances, strict=True)
        ]
        return _window_of(found, tuple(rows))

    async def _answer(self, script: Any, board_id: UUID, period: str, arguments: list[Any]) -> list[Any]:  # noqa: ANN401 - as above
        keys = PeriodKeys.of(board_id, period)
        names = [keys.scores, keys.arrivals, keys.version, keys.definition, keys.appearances, keys.owners]
        found: list[Any] = await self._run(lambda: script(keys=names, args=arguments))
        if found[0] == b"pending":
            raise BoardPending("the board is being built; try again in a second", retry_after=1)
        return found

    async def _run(self, command: Any) -> Any:  # noqa: ANN401 - redis types answers as what any command may answer
        async with self._places:
            try:
                return await command()
            except ValkeyError as error:
                log.warning("valkey_failed", error=repr(error))
                raise BoardsUnavailable("try again in a second", retry_after=1) from error


def _window_of(found: Sequence[Any], rows: tuple[Row, ...]) -> Window:
    state, sequence, version, at, total, start, above = found[:7]
    return Window(
        state=state.decode(),
        sequence=int(sequence),
        version=int(version),
        at=at.decode(),
        total=total,
        start=start,
        above=above,
        rows=rows,
    )


def _named(appearance: bytes | None) -> bool:
    return appearance is None or appearance.endswith(b":name")


def _text(value: bytes | None) -> str:
    return value.decode() if value else ""


def _texts(found: Mapping[str, bytes | None]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: _text(found[name]) or default for name, default in DEFAULTS.items()}
    return {**texts, "periods": tuple(texts["periods"].split(","))}
