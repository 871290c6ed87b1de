"""A board in one period as its reads need it: what never changes is written once and used by every answer."""

import json
from datetime import datetime, timedelta

from gateway.boards.answer import name_of
from gateway.boards.definitions import Definition
from gateway.boards.keys import PeriodKeys
from gateway.boards.periods import concrete
from gateway.names import UNREAD
from libs.storage.resp import packed

MOST_SHEETS = 64  # of a board; one too many and all are written anew
MINUTE = timedelta(minutes=1)


class Sheet:
    """The keys as they go to Valkey, and the members of an answer's JSON that are the same in every answer."""

    __slots__ = ("_facts", "_name", "board", "head", "keys", "period")

    def __init__(self, board: Definition, period: str) -> None:
        """Write the parts."""
        self.board, self.period = board, period
        self.keys = packed(*PeriodKeys.of(board.board_id, period))
        told = {
            "board_id": str(board.board_id),
            "programme_id": str(board.programme_id),
            "title": board.title,
            "metric": board.metric,
            "subject": board.subject,
            "period": period,
        }
        self.head = json.dumps(told, ensure_ascii=False, separators=(",", ":"))[1:-1].encode()
        self._facts: tuple[str, int] | None = None
        self._name: bytes | None = None

    def name(self, version: str, revision: int) -> bytes | None:
        """Return what the ETag of a version under the names of a revision is made of; None before names are read."""
        if self._facts != (version, revision):
            self._facts = version, revision
            self._name = name_of((self.head, version, revision)) if revision != UNREAD else None
        return self._name


class KnownBoard:
    """A definition with its sheets."""

    def __init__(self, definition: Definition) -> None:
        """Begin without a sheet."""
        self.definition = definition
        self._sheets: dict[str, Sheet] = {}
        self._meant: dict[str | None, tuple[datetime, Sheet]] = {}

    def sheet(self, asked: str | None, now: datetime) -> Sheet:
        """Return the sheet of the period that is meant. Raises InvalidRequest, PeriodNotFound."""
        meant = self._meant.get(asked)
        if meant is not None and now < meant[0]:
            return meant[1]
        period = concrete(asked, self.definition, now)
        sheet = self._sheets.get(period) or Sheet(self.definition, period)
        if len(self._meant) >= MOST_SHEETS:
            self._meant.clear()
            self._sheets.clear()
        self._sheets[period] = sheet
        # no period ends but on a whole minute, in any time zone
        self._meant[asked] = now.replace(second=0, microsecond=0) + MINUTE, sheet
        return sheet
