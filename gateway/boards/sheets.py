"""A board in one period as its reads need it: what never changes is written once and used by every answer."""

import json
from datetime import datetime, timedelta

from gateway.boards.answer import name_of
from gateway.boards.definitions import Definition
from gateway.boards.keys import PeriodKeys
from gateway.boards.moment import Moment
from gateway.boards.periods import concrete
from gateway.names import UNREAD
from libs.storage.resp import packed

MOST_SHEETS = 64  # of a board; one too many and all are written anew
MINUTE = timedelta(minutes=1)


class Sheet:
    """A script's keys and first argument as they go to Valkey, and what is the same in the JSON of every answer."""

    __slots__ = ("_begun", "_facts", "_moment", "_name", "board", "first", "head", "keys", "period")

    def __init__(self, board: Definition, period: str) -> None:
        """Write the parts."""
        self.board, self.period = board, period
        self.keys = packed(*PeriodKeys.of(board.board_id, period))
        self.first = packed(board.tie)
        told = {
            "board_id": str(board.board_id),
            "programme_id": str(board.programme_id),
            "title": board.title,
            "metric": board.metric,
            "subject": board.subject,
            "period": period,
        }
        self.head = json.dumps(told, ensure_ascii=False, separators=(",", ":"))[1:-1].encode()
        self._moment: Moment | None = None
        self._begun = b""
        self._facts: tuple[str, int] | None = None
        self._name: bytes | None = None

    def begun(self, moment: Moment) -> bytes:
        """Return the members with which every answer of a moment begins; many answers are of the same."""
        if self._moment is not moment:
            self._moment = moment
            # UTC as gamification writes it; answers say Z for it, as pydantic does
            zone = "Z" if moment.at.endswith("+00:00") else ""
            at = f'"{moment.at.removesuffix("+00:00")}{zone}"' if moment.at else "null"
            version = b'"as_of":%b,"sequence":%d,"total":%d' % (at.encode(), moment.sequence, moment.total)
            self._begun = b"%b,%b" % (self.head, version)
        return self._begun

    def name(self, moment: Moment, revision: int) -> bytes | None:
        """Return what the ETag of a moment under the names of a revision is made of; None before names are read."""
        if self._facts != (moment.facts, revision):
            self._facts = moment.facts, revision
            self._name = name_of((self.head, moment.facts, revision)) if revision != UNREAD else None
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
