"""Answering reads of boards: what was asked for, and whether the caller may have it; without FastAPI."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams

from gateway.boards.answer import Answer, matches, name_of, rows, unchanged
from gateway.boards.answers import AmongQuery, AroundQuery, PageQuery, RankQuery, SeveralQuery
from gateway.boards.definitions import Definition
from gateway.boards.directory import Directory
from gateway.boards.reads import Reads
from gateway.boards.sheets import KnownBoard
from gateway.boards.snapshots import PageKey, Snapshots
from gateway.boards.standings import Standings
from gateway.call import Call
from gateway.metrics import Metrics
from libs.problems import Problem
from libs.web.problems import of_validation

READS = {
    "/v1/boards": "several",
    "/v1/boards/{board_id}": "page",
    "/v1/boards/{board_id}/around/{ambassador_id}": "around",
    "/v1/boards/{board_id}/rank/{ambassador_id}": "rank",
    "/v1/boards/{board_id}/among": "among",
}
QueryT = TypeVar("QueryT", bound=BaseModel)


class Boards:
    """The reads: a page, the rows around an ambassador, a rank, ranks among people, several boards at once."""

    def __init__(
        self, standings: Standings, directory: Directory, snapshots: Snapshots, reads: Reads, metrics: Metrics
    ) -> None:
        """Take tops from `snapshots` and what is about somebody from `reads`."""
        self.standings, self.directory, self.snapshots, self.reads = standings, directory, snapshots, reads
        self._metrics = metrics
        self._of_board: dict[str, Callable[[Call, KnownBoard], Awaitable[Answer]]] = {
            "page": self._page,
            "around": self._around,
            "rank": self._rank,
            "among": self._among,
        }

    async def answer(self, call: Call) -> Answer:
        """Return what was asked for, or 304 when the client has it. Raises Problem."""
        read = READS[call.route.path]
        try:
            answer = await self._read(read, call)
        except Problem as problem:
            self._metrics.board_read(read, problem.slug)
            raise
        self._metrics.board_read(read, "rows" if answer.status == 200 else "unchanged")
        return answer

    async def first_page(self, board: Definition, period: str, limit: int) -> bytes:
        """Return a page's JSON as a client reads it, of this moment. Raises Problem."""
        snapshot, _ = await self.snapshots.get(PageKey(str(board.board_id), period, limit, None), fresh=True)
        return snapshot.body

    async def _read(self, read: str, call: Call) -> Answer:
        if read == "several":
            return await self._several(call)
        board = await self.directory.find(UUID(call.parameters["board_id"]))
        call.enter(board.definition)
        return await self._of_board[read](call, board)

    async def _page(self, call: Call, board: KnownBoard) -> Answer:
        query = parsed(PageQuery, call.query)
        key = PageKey(str(board.definition.board_id), query.period, query.limit, query.cursor)
        snapshot, age = await self.snapshots.get(key, fresh=query.fresh)
        return snapshot.answer(call.field(b"if-none-match"), call.field(b"accept-encoding"), age)

    async def _around(self, call: Call, board: KnownBoard) -> Answer:
        query = parsed(AroundQuery, call.query)
        seen = call.field(b"if-none-match")
        return await self.reads.around(call.caller, board, query.period, _whom(call), seen, size=query.size)

    async def _rank(self, call: Call, board: KnownBoard) -> Answer:
        query = parsed(RankQuery, call.query)
        return await self.reads.rank(call.caller, board, query.period, _whom(call), call.field(b"if-none-match"))

    async def _among(self, call: Call, board: KnownBoard) -> Answer:
        query = parsed(AmongQuery, call.query)
        asked = [one.bytes for one in dict.fromkeys(query.ids)]
        return await self.reads.among(board, query.period, asked, call.field(b"if-none-match"))

    async def _several(self, call: Call) -> Answer:
        query = parsed(SeveralQuery, call.query)
        asked = list(dict.fromkeys(query.ids))
        for board_id in asked:  # whoever may not enter one of them gets none
            call.enter((await self.directory.find(board_id)).definition)
        keys = [PageKey(str(board_id), query.period, query.limit, None) for board_id in asked]
        found = [(await self.snapshots.get(key, fresh=query.fresh))[0] for key in keys]
        names = [one.name for one in found]
        etag = b'"%b"' % name_of(names) if None not in names else None
        seen = call.field(b"if-none-match")
        if etag and seen and matches(etag, seen):
            return unchanged(etag)
        return rows(b'{"items":[%b],"next":null}' % b",".join(one.body for one in found), etag)


def parsed(form: type[QueryT], query: bytes) -> QueryT:
    """Return the query in its form. Raises InvalidRequest, naming each field that is not valid."""
    try:
        return form.model_validate(dict(QueryParams(query)))
    except ValidationError as error:
        raise of_validation(error.errors()) from error


def _whom(call: Call) -> bytes:
    return UUID(call.parameters["ambassador_id"]).bytes
