"""Answering reads of boards: plain Starlette answers with strong ETags, without FastAPI."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import Response

from gateway.boards.answers import (
    AmongQuery,
    AroundQuery,
    PageQuery,
    RankQuery,
    SeveralOut,
    SeveralQuery,
)
from gateway.boards.bodies import Bodies, is_named
from gateway.boards.keys import ARRIVAL_BYTES
from gateway.boards.periods import concrete, is_current
from gateway.boards.standings import Definition, Place, Row, Standings, Window
from gateway.call import Call
from gateway.errors import NotOnBoard, PeriodNotFound
from gateway.metrics import Metrics
from gateway.names import Names
from libs.auth.person_keys import PersonKeys
from libs.clock import Clock
from libs.problems import Problem
from libs.web.errors import InvalidCursor
from libs.web.pages import decode_cursor
from libs.web.problems import of_validation

FORM = 3  # raised with each change of the answer's form, so that no client keeps an old one
MANAGES = "boards:write"  # who defines a programme's boards may find everybody on them
CACHE = "private, no-cache"  # keep it, and ask each time whether it is still so
Body = Callable[[], BaseModel]  # made only for a client who does not have it
Answer = tuple[str, Window, Body]  # the period that was meant, what was read of it, and the body
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
        self, standings: Standings, names: Names, metrics: Metrics, *, clock: Clock, person_keys: PersonKeys
    ) -> None:
        """Take rows from `standings`, what people are called from `names`, and who asks from `person_keys`."""
        self._person_keys = person_keys
        self._standings = standings
        self._names = names
        self._bodies = Bodies(names)
        self._metrics = metrics
        self._clock = clock
        self._reads: dict[str, Callable[[Call, Definition], Awaitable[Answer]]] = {
            "/v1/boards/{board_id}": self._page,
            "/v1/boards/{board_id}/around/{ambassador_id}": self._around,
            "/v1/boards/{board_id}/rank/{ambassador_id}": self._rank,
            "/v1/boards/{board_id}/among": self._among,
        }

    async def answer(self, call: Call) -> Response:
        """Return what was asked for, or 304 when the client has it. Raises Problem."""
        read = READS[call.route.path]
        try:
            response = await self._read(call)
        except Problem as problem:
            self._metrics.board_read(read, problem.slug)
            raise
        self._metrics.board_read(read, "rows" if response.status_code == 200 else "unchanged")
        return response

    async def first_page(self, board: Definition, period: str, limit: int) -> bytes:
        """Return the first page of a period, as a client gets it. Raises BoardPending, PeriodNotFound."""
        _, _, body = await self._first(board, period, limit, cursor=None)
        return body().model_dump_json().encode()

    async def _read(self, call: Call) -> Response:
        seen = call.header(b"if-none-match")
        if "board_id" not in call.parameters:
            return await self._several(call, seen)
        board = await self._standings.definition(UUID(call.parameters["board_id"]))
        call.enter(board.programme_id)
        period, window, body = await self._reads[call.route.path](call, board)
        return self._response(body, [facts_of(board, period, window)], seen)

    async def _page(self, call: Call, board: Definition) -> Answer:
        query = parsed(PageQuery, call.query)
        return await self._first(board, query.period, query.limit, cursor=query.cursor)

    async def _first(self, board: Definition, period: str | None, limit: int, *, cursor: str | None) -> Answer:
        now = self._clock.now()
        named = concrete(period, board, now)
        after = row_of(cursor, named)
        window = await self._standings.page(board.board_id, named, size=limit, after=after)
        self._check_period(board, named, window, now)
        return named, window, lambda: self._bodies.page(board, named, window)

    async def _around(self, call: Call, board: Definition) -> Answer:
        query, now = parsed(AroundQuery, call.query), self._clock.now()
        period = concrete(query.period, board, now)
        ambassador_id = UUID(call.parameters["ambassador_id"])
        window = await self._standings.around(board.board_id, period, size=query.size, ambassador_id=ambassador_id)
        self._check_period(board, period, window, now)
        asked = next((row for row in window.rows if row.ambassador == ambassador_id.bytes), None)
        self._check_found(call, board, period, asked)
        return period, window, lambda: self._bodies.page(board, period, window)

    async def _rank(self, call: Call, board: Definition) -> Answer:
        query = parsed(RankQuery, call.query)
        period, window, places = await self._places(board, query.period, [UUID(call.parameters["ambassador_id"])])
        self._check_found(call, board, period, places[0].row if places else None)
        return period, window, lambda: self._bodies.rank(board, period, window, places[0])

    async def _among(self, call: Call, board: Definition) -> Answer:
        query = parsed(AmongQuery, call.query)
        period, window, places = await self._places(board, query.period, list(dict.fromkeys(query.ids)))
        return period, window, lambda: self._bodies.among(board, period, window, places)

    async def _places(
        self, board: Definition, period: str | None, ids: Sequence[UUID]
    ) -> tuple[str, Window, tuple[Place, ...]]:
        now = self._clock.now()
        named = concrete(period, board, now)
        window, places = await self._standings.among(board.board_id, named, ids)
        self._check_period(board, named, window, now)
        return named, window, places

    async def _several(self, call: Call, seen: str | None) -> Response:
        query = parsed(SeveralQuery, call.query)
        boards = [await self._standings.definition(board_id) for board_id in dict.fromkeys(query.ids)]
        for board in boards:
            call.enter(board.programme_id)
        found = [await self._first(board, query.period, query.limit, cursor=None) for board in boards]
        read = [(board, period, window) for board, (period, window, _) in zip(boards, found, strict=True)]

        def body() -> SeveralOut:
            return SeveralOut(items=[self._bodies.page(*one) for one in read], next=None)

        return self._response(body, [facts_of(*one) for one in read], seen)

    def _check_found(self, call: Call, board: Definition, period: str, row: Row | None) -> None:
        """Let pass who may find this row by id. Raises NotOnBoard, the same for a pseudonym's and for none."""
        if row is None or not (
            is_named(board, row)
            or call.caller.has(MANAGES)
            or row.owner == self._person_keys.of_subject(call.caller.subject)
        ):
            raise NotOnBoard(f"no row of this id in {period}")

    def _check_period(self, board: Definition, period: str, window: Window, now: datetime) -> None:
        if window.state == "absent" and not is_current(period, board, now):
            raise PeriodNotFound(f"the board has no rows of {period}")

    def _response(self, body: Body, facts: Sequence[object], seen: str | None) -> Response:
        headers = {"Cache-Control": CACHE}
        if self._names.loaded:  # before that, an answer is about to change without a sign
            headers["ETag"] = etag = etag_of((*facts, self._names.revision))
            if seen and matches(etag, seen):
                return Response(status_code=304, headers=headers)
        return Response(body().model_dump_json(), headers=headers, media_type="application/json")


def facts_of(board: Definition, period: str, window: Window) -> tuple[object, ...]:
    """Return what an answer depends on beside names: equal facts, equal rows."""
    return (FORM, board.title, period, window.state, window.sequence, window.version, window.at)


def etag_of(facts: Sequence[object]) -> str:
    """Return a strong ETag (RFC 9110, 8.8.3), the same in every process that would give this answer."""
    return f'"{blake2b(repr(facts).encode(), digest_size=12).hexdigest()}"'


def parsed(form: type[QueryT], query: bytes) -> QueryT:
    """Return the query in its form. Raises InvalidRequest, naming each field that is not valid."""
    try:
        return form.model_validate(dict(QueryParams(query)))
    except ValidationError as error:
        raise of_validation(error.errors()) from error


def row_of(cursor: str | None, period: str) -> Row | None:
    """Return the row that a cursor continues after. Raises InvalidCursor, also for a cursor of another period."""
    position = decode_cursor(cursor, parts=3)
    if position is None:
        return None
    of_period, points, member = position
    try:
        row = Row(bytes.fromhex(str(member)), int(str(points)))
    except ValueError as error:
        raise InvalidCursor("use the value of `next` as it was given") from error
    if of_period != period or len(row.member) != ARRIVAL_BYTES:
        raise InvalidCursor(f"this cursor is not of {period}; begin again without one")
    return row


def matches(etag: str, seen: str) -> bool:
    """Whether `If-None-Match` names the ETag (RFC 9110, 13.1.2: by weak comparison)."""
    return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in seen.split(","))
