"""The boards that are read, as they are defined: in memory, and looked up again when somebody asks."""

from collections import OrderedDict
from uuid import UUID

from gateway.boards.held import Held, Patience
from gateway.boards.sheets import KnownBoard
from gateway.boards.standings import Standings

MOST_BOARDS = 10_000  # the one that was not read for longest goes


class Directory:
    """Definitions by the text of a board's id."""

    def __init__(self, standings: Standings, patience: Patience) -> None:
        """Look up in `standings`."""
        self._standings = standings
        self._patience = patience
        self._boards: OrderedDict[str, Held[KnownBoard]] = OrderedDict()

    def at_hand(self, board_id: str) -> KnownBoard | None:
        """Return a board that nobody need wait for."""
        held = self._boards.get(board_id)
        if held is None:
            return None
        self._boards.move_to_end(board_id)
        return held.at_hand()

    async def find(self, board_id: UUID) -> KnownBoard:
        """Return a board. Raises BoardNotFound, BoardPending, BoardsUnavailable."""
        name = str(board_id)
        held = self._boards.get(name)
        if held is None:
            held = self._boards[name] = Held(lambda before: self._read(board_id, before), self._patience)
            if len(self._boards) > MOST_BOARDS:
                self._boards.popitem(last=False)
        try:
            return await held.get()
        finally:
            if held.value is None:  # there is no such board: nothing to keep
                self._boards.pop(name, None)

    async def _read(self, board_id: UUID, before: KnownBoard | None) -> KnownBoard:
        definition = await self._standings.definition(board_id)
        return before if before is not None and before.definition == definition else KnownBoard(definition)
