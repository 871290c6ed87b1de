"""Answering reads of boards: plain Starlette answers with strong ETags, without FastAPI."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import Response

from gateway.boards.answers import AroundQuery, PageQuery, StandingOut, StandingsOut
from gateway.boards.keys import MEMBER_BYTES
from gateway.boards.periods import concrete, is_current
from gateway.boards.standings import Definition, Row, Standings, Window
from gateway.call import Call
from gateway.errors import NotOnBoard, PeriodNotFound
from gateway.metrics import Metrics
from gateway.names import Names
from libs.clock import Clock
from libs.problems import Problem
from libs.web.errors import InvalidCursor
from libs.web.pages import decode_cursor, encode_cursor
from libs.web.problems import of_validation

FORM = 1  # raised with each change of the answer's form, so that no client keeps an old one
CACHE = "private, no-cache"  # keep it, and ask each time whether it is still so
QueryT = TypeVar("QueryT", bound=BaseModel)


class Boards:
    """The two reads: a page, and the rows around an ambassador."""

    def __init__(self, standings: Standings, names: Names, metrics: Metrics, *, clock: Clock) -> None:
        """Take rows from `standings` and what people are called from `names`."""
        self._standings = standings
        self._names = names
        self._metrics = metrics
        self._clock = clock

    async def answer(self, call: Call) -> Response:
        """Return the board, or 304 when the client has it. Raises Problem."""
        read = "around" if "ambassador_id" in call.parameters else "page"
        try:
            response = await self._read(call)
        except Problem as problem:
            self._metrics.board_read(read, problem.slug)
            raise
        self._metrics.board_read(read, "rows" if response.status_code == 200 else "unchanged")
        return response

    async def _read(self, call: Call) -> Response:
        board = await self._standings.definition(UUID(call.parameters["board_id"]))
        call.principal.enter(board.programme_id)
        ambassador_id = call.parameters.get("ambassador_id")
        if ambassador_id is None:
            period, window = await self._page(board, parsed(PageQuery, call.query))
        else:
            period, window = await self._around(board, UUID(ambassador_id), parsed(AroundQuery, call.query))
        return self._response(board, period, window, seen=call.header(b"if-none-match"))

    async def _page(self, board: Definition, query: PageQuery) -> tuple[str, Window]:
        now = self._clock.now()
        period = concrete(query.period, board, now)
        after = row_of(query.cursor, period)
        window = await self._standings.page(board.board_id, period, size=query.limit, after=after)
        self._check_period(board, period, window, now)
        return period, window

    async def _around(self, board: Definition, ambassador_id: UUID, query: AroundQuery) -> tuple[str, Window]:
        now = self._clock.now()
        period = concrete(query.period, board, now)
        window = await self._standings.around(board.board_id, period, size=query.size, ambassador_id=ambassador_id)
        self._check_period(board, period, window, now)
        if window.state != "ready":
            raise NotOnBoard(f"no points of this ambassador in {period}")
        return period, window

    def _check_period(self, board: Definition, period: str, window: Window, now: datetime) -> None:
        if window.state == "absent" and not is_current(period, board, now):
            raise PeriodNotFound(f"the board has no rows of {period}")

    def _response(self, board: Definition, period: str, window: Window, *, seen: str | None) -> Response:
        headers = {"Cache-Control": CACHE}
        if self._names.loaded:  # before that, an answer is about to change without a sign
            headers["ETag"] = etag = self._etag(board, period, window)
            if seen and matches(etag, seen):
                return Response(status_code=304, headers=headers)
        body = self._body(board, period, window).model_dump_json()
        return Response(body, headers=headers, media_type="application/json")

    def _etag(self, board: Definition, period: str, window: Window) -> str:
        """Return a strong ETag (RFC 9110, 8.8.3), the same in every process that would give this answer."""
        applied = (window.state, window.sequence, window.version, window.at)
        facts = (FORM, board.title, period, *applied, self._names.revision)
        return f'"{blake2b(repr(facts).encode(), digest_size=12).hexdigest()}"'

    def _body(self, board: Definition, period: str, window: Window) -> StandingsOut:
        end = window.start + len(window.rows)
        return StandingsOut(
            board_id=board.board_id,
            programme_id=board.programme_id,
            title=board.title,
            period=period,
            as_of=datetime.fromisoformat(window.at) if window.at else None,
            sequence=window.sequence,
            total=window.total,
            items=self._rows(window.rows, first_rank=window.start + 1),
            next=cursor_of(window.rows[-1], period) if window.rows and end < window.total else None,
        )

    def _rows(self, rows: Sequence[Row], *, first_rank: int) -> list[StandingOut]:
        shown = []
        for rank, row in enumerate(rows, start=first_rank):
            profile = self._names.of(row.ambassador)
            shown.append(
                StandingOut(
                    rank=rank,
                    ambassador_id=UUID(bytes=row.ambassador),
                    name=profile.name if profile else None,
                    team=profile.team if profile else None,
                    points=row.milli_points / 1000,
                )
            )
        return shown


def parsed(form: type[QueryT], query: bytes) -> QueryT:
    """Return the query in its form. Raises InvalidRequest, naming each field that is not valid."""
    try:
        return form.model_validate(dict(QueryParams(query)))
    except ValidationError as error:
        raise of_validation(error.errors()) from error


def cursor_of(row: Row, period: str) -> str:
    """Return the cursor that continues after a row of a period."""
    return encode_cursor(period, row.milli_points, row.member.hex())


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
    if of_period != period or len(row.member) != MEMBER_BYTES:
        raise InvalidCursor(f"this cursor is not of {period}; begin again without one")
    return row


def matches(etag: str, seen: str) -> bool:
    """Whether `If-None-Match` names the ETag (RFC 9110, 13.1.2: by weak comparison)."""
    return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in seen.split(","))
