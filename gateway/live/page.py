"""One page of a board in one period that clients watch."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from gateway.boards.definitions import Definition
from gateway.live.history import History

AT_ONCE = 200  # listeners that are woken before other work has its turn
Pair = tuple[UUID, str]
Wake = Callable[[], None]


class Key(NamedTuple):
    """Which page: of a concrete period, the first `limit` rows.

    One that `follows` was asked for as `week` or the like, and is over when another week has begun.
    """

    board_id: UUID
    period: str
    limit: int
    follows: bool

    @property
    def pair(self) -> Pair:
        """The board and the period."""
        return self.board_id, self.period


@dataclass(slots=True, eq=False)
class Page:
    """Its states, and who is woken when there is another.

    `facts` are those that the newest state was read for; while it is `followed`, that state is kept up to date. When
    it is over, who watches it has to ask again.
    """

    key: Key
    board: Definition
    history: History = field(default_factory=History)
    listeners: set[Wake] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    facts: object = None
    followed: bool = False
    over: bool = False

    async def wake(self) -> None:
        """Wake all listeners, some at a time: with ten thousand of them others would wait for half a second."""
        for number, wake in enumerate(list(self.listeners), start=1):
            wake()
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
