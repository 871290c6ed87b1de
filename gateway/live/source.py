"""What live boards need of the reads of boards: the least that can be, in one place."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from gateway.boards.definitions import Definition
from gateway.boards.endpoint import Boards
from gateway.boards.keys import PeriodKeys
from gateway.boards.periods import concrete, is_current
from gateway.boards.standings import Standings
from gateway.errors import BoardsUnavailable
from gateway.live.page import Pair
from gateway.names import Names
from libs.clock import Clock
from libs.storage.pipelined import Pipelined
from libs.storage.valkey import ValkeyError

VERSION = ("ready", "sequence", "version", "at")


class Source:
    """Boards as they are now. Every read raises BoardsUnavailable when Valkey does not answer."""

    def __init__(self, standings: Standings, boards: Boards, valkey: Pipelined, names: Names, *, clock: Clock) -> None:
        """Take definitions from `standings` and pages from `boards`, so that both are those of the other reads."""
        self._standings = standings
        self._boards = boards
        self._valkey = valkey
        self._names = names
        self._clock = clock

    async def definition(self, board_id: UUID) -> Definition:
        """Return what a board is. Raises BoardNotFound, BoardPending."""
        return await self._standings.definition(board_id)

    def period(self, asked: str | None, board: Definition) -> str:
        """Return the period that is meant now. Raises InvalidRequest, PeriodNotFound."""
        return concrete(asked, board, self._clock.now())

    def is_current(self, period: str, board: Definition) -> bool:
        """Whether a period has begun and not ended."""
        return is_current(period, board, self._clock.now())

    async def page(self, board: Definition, period: str, limit: int) -> bytes:
        """Return the first page, byte for byte as a client reads it. Raises BoardPending, PeriodNotFound."""
        return await self._boards.first_page(board, period, limit)

    async def facts(self, pairs: Sequence[Pair]) -> list[object]:
        """Return for each board and period what its pages depend on: equal facts, equal pages."""
        names = [PeriodKeys.of(*pair).version for pair in pairs]
        try:
            found = await asyncio.gather(*(self._valkey.command("HMGET", name, *VERSION) for name in names))
        except ValkeyError as error:
            raise BoardsUnavailable("try again in a second", retry_after=1) from error
        return [(tuple(one), self._names.revision) for one in found]
