"""The short way of the reads that come all day: tops, ranks and the rows around somebody, past what surrounds others.

It answers what it can at once and leaves all else, and every refusal, to the door. The checks are the same, for each
request anew: a token that was verified a moment ago, its scope, the board's programme, who may be found. What it leaves
out is the log line of each request, which would cost more than the read; metrics count these as all others.
"""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import NamedTuple

from starlette.types import Scope

from gateway.boards.answer import Answer
from gateway.boards.answers import AroundQuery, PageQuery, RankQuery
from gateway.boards.endpoint import READS, Boards, parsed
from gateway.boards.gathered import Found
from gateway.boards.snapshots import PageKey
from gateway.limits.limits import Limits
from gateway.metrics import Metrics
from gateway.paths import CANONICAL_UUID
from gateway.routes import Route
from libs.auth.principal import Principal
from libs.auth.tokens import Verifier
from libs.clock import Clock
from libs.problems import Problem
from libs.storage.gathered import Told
from libs.storage.resp import packed
from libs.web.request import REQUEST_ID, RequestMetrics

PATH = re.compile(rf"/v1/boards/({CANONICAL_UUID.pattern})(?:/(rank|around)/({CANONICAL_UUID.pattern}))?")
PATHS = {read: path for path, read in READS.items()}
UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})  # of a request without a body
Query = PageQuery | RankQuery | AroundQuery
FORMS: dict[str, type[Query]] = {"page": PageQuery, "rank": RankQuery, "around": AroundQuery}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request means, whoever makes it; the same for the same bytes. `key` is a page's, else the board's id.

    `arguments` are those of the script for `whom`, packed.
    """

    read: str
    token: str
    key: PageKey | str
    period: str | None
    whom: bytes
    arguments: bytes
    seen: bytes | None
    accepted: bytes | None
    request_id: bytes | None


class Begun(NamedTuple):
    """A read of Valkey: `ask` asks for it, `finish` makes the answer of what is told then, and raises Problem."""

    ask: Callable[[Told[Found]], None]
    finish: Callable[[Found], Answer]


class ShortWay:
    """Answers a request, or begins to, or leaves it."""

    def __init__(
        self,
        boards: Boards,
        verifier: Verifier,
        metrics: Metrics,
        requests: RequestMetrics,
        limits: Limits,
        routes: Sequence[Route],
        *,
        clock: Clock,
        cross_origin: bool,
    ) -> None:
        """Serve what `routes` has of it; where scripts of other origins may read, theirs go the long way."""
        self._boards, self._verifier, self._clock = boards, verifier, clock
        self._metrics, self._requests, self._limits = metrics, requests, limits
        self._scopes = {READS[route.path]: route.scopes for route in routes if route.path in READS}
        self._cross_origin = cross_origin
        self._first_id, self._ids = secrets.token_hex(12).encode(), count()

    def understand(self, scope: Scope) -> Asked | None:
        """Return what a request means; None where that has to be judged: it goes the long way."""
        path = PATH.fullmatch(scope["path"])
        given = dict(scope["headers"])
        bearer = given.get(b"authorization", b"")
        if path is None or scope["method"] != "GET" or not bearer.startswith(b"Bearer "):
            return None
        if len(given) != len(scope["headers"]) or not UNUSUAL.isdisjoint(given):
            return None
        if self._cross_origin and b"origin" in given:
            return None
        read = path[3] or "page"
        query = _parsed(FORMS[read], scope["query_string"])
        if query is None or read not in self._scopes:
            return None
        named = given.get(b"x-request-id", b"")
        whom = bytes.fromhex((path[4] or "").replace("-", ""))
        return Asked(
            read,
            bearer[7:].decode("latin-1"),
            _key(path[1].lower(), query),
            query.period,
            whom,
            packed(query.size, whom) if isinstance(query, AroundQuery) else packed(whom),
            given.get(b"if-none-match"),
            given.get(b"accept-encoding"),
            named if REQUEST_ID.fullmatch(named) else None,
        )

    def begin(self, asked: Asked) -> tuple[Answer | Begun, bytes] | None:
        """Return the answer, or the read that it takes, and what is left of the caller's limit.

        None goes the long way. Raises Problem.
        """
        caller = self._verifier.known(asked.token)
        if caller is None or caller.scopes.isdisjoint(self._scopes[asked.read]):
            return None
        if isinstance(asked.key, str):
            return self._about(caller, asked, asked.key)
        found = self._boards.snapshots.at_hand(asked.key)
        if found is None or not caller.may_enter(found[0].sheet.board.programme_id):
            return None
        limit = self._limits.line_apart("board", caller.subject)
        return found[0].answer(asked.seen, asked.accepted, found[1]), limit

    def answered(self, asked: Asked, status: int, began: float) -> None:
        """Count an answer that was written."""
        self._metrics.board_read(asked.read, "rows" if status == 200 else "unchanged")
        self._requests.answered(PATHS[asked.read], "GET", status, time.perf_counter() - began)

    def request_id(self, asked: Asked) -> bytes:
        """Return the caller's id of a request, or a new one."""
        return asked.request_id or b"%b%08x" % (self._first_id, next(self._ids))

    def _about(self, caller: Principal, asked: Asked, board_id: str) -> tuple[Begun, bytes] | None:
        board = self._boards.directory.at_hand(board_id)
        if board is None or not caller.may_enter(board.definition.programme_id):
            return None
        sheet = board.sheet(asked.period, self._clock.now())
        limit = self._limits.line_apart("board", caller.subject)
        reads, standings = self._boards.reads, self._boards.standings
        if asked.read == "rank":
            return Begun(
                partial(standings.ranks.ask, sheet, asked.arguments),
                lambda found: reads.rank_read(caller, sheet, found, asked.whom, asked.seen),
            ), limit
        return Begun(
            partial(standings.rows_around.ask, sheet, asked.arguments),
            lambda found: reads.around_read(caller, sheet, found, asked.seen),
        ), limit


def _key(board_id: str, query: Query) -> PageKey | str:
    if isinstance(query, PageQuery):
        return PageKey(board_id, query.period, query.limit, query.cursor)
    return board_id


def _parsed(form: type[Query], query: bytes) -> Query | None:
    try:
        meant = parsed(form, query)
    except Problem:
        return None
    return None if isinstance(meant, PageQuery) and meant.fresh else meant
