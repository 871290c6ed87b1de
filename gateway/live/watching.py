"""Keeping watched pages up to date: a hint says where to look, and a slow look at all of them finds what no hint told.

One task looks, at most every PAUSE_SECONDS: for all boards and periods in question it reads their versions at once,
then the pages of those that are others. So a board that changes a thousand times a second costs twenty reads of each
watched page, whoever watches it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from gateway.boards.definitions import Definition
from gateway.errors import BoardNotFound, BoardPending, PeriodNotFound
from gateway.live.metrics import LiveMetrics
from gateway.live.page import Key, Page, Pair, Wake
from gateway.live.source import Source
from libs.events.hints import BoardHint
from libs.problems import Problem
from libs.telemetry.logs import logger

log = logger(__name__)

PAUSE_SECONDS = 0.05
TOGETHER = 500  # boards and periods that are asked for at once
UNWATCHED_KEPT = 64  # pages whose last listener has gone, so that one who comes back finds the states


class Watching:
    """The watched pages of this process."""

    def __init__(self, source: Source, metrics: LiveMetrics, *, check_seconds: float) -> None:
        """Read from `source`; look at everything every `check_seconds`."""
        self._source = source
        self._metrics = metrics
        self._check_seconds = check_seconds
        self._pages: dict[Pair, dict[Key, Page]] = {}
        self._unwatched: OrderedDict[Key, Page] = OrderedDict()
        self._due: dict[Pair, float | None] = {}  # since when, where a hint told
        self._some = asyncio.Event()

    @asynccontextmanager
    async def watched(self, key: Key, board: Definition, wake: Wake) -> AsyncIterator[Page]:
        """Follow a page until the block ends, calling `wake` after each change.

        Raises BoardPending, BoardsUnavailable, PeriodNotFound.
        """
        page = self._pages.setdefault(key.pair, {}).setdefault(key, Page(key, board))
        self._unwatched.pop(key, None)
        page.listeners.add(wake)  # first, so that no change passes by while the page is read
        try:
            await self._read_first(page)
            yield page
        finally:
            page.listeners.discard(wake)
            if not page.listeners:
                self._leave(page)

    def heard(self, lines: Sequence[str]) -> None:
        """Look soon at what hints tell of."""
        now = time.perf_counter()
        for line in lines:
            try:
                hint = BoardHint.read(line)
            except ValueError:
                log.warning("hint_refused", size=len(line))
                continue
            for pair in self._pairs_of(hint):
                self._due.setdefault(pair, now)
                self._some.set()

    def renamed(self, who: str) -> None:
        """Look soon at the pages that show an ambassador or a team."""
        for page in self._followed():
            if page.history.shows(who):
                self._due.setdefault(page.key.pair, None)
                self._some.set()

    def look_at_all(self) -> None:
        """Look soon at every watched page."""
        for page in self._followed():
            self._due.setdefault(page.key.pair, None)
            self._some.set()

    def wake_all(self) -> None:
        """Wake every listener."""
        for page in self._followed():
            for wake in list(page.listeners):
                wake()

    async def run(self) -> None:
        """Look where it is due until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            due, self._due = self._due, {}
            rest = iter(due.items())
            while some := dict(islice(rest, TOGETHER)):
                await self._look(some)
            await asyncio.sleep(PAUSE_SECONDS)

    async def check(self) -> None:
        """Have everything looked at again and again until cancelled, for hints that were lost."""
        while True:
            await asyncio.sleep(self._check_seconds)
            self.look_at_all()

    async def _look(self, due: dict[Pair, float | None]) -> None:
        pairs = [pair for pair in due if pair in self._pages]
        try:
            found = await self._source.facts(pairs)
        except Problem as problem:  # the slow look comes round
            log.warning("live_delayed", error=problem.slug)
            return
        await asyncio.gather(
            *(
                self._renew(page, facts, due[pair])
                for pair, facts in zip(pairs, found, strict=True)
                for page in list(self._pages.get(pair, {}).values())
                if page.followed and (page.facts != facts or self._has_passed(page))
            )
        )

    async def _renew(self, page: Page, facts: object, since: float | None) -> None:
        async with page.lock:
            try:
                changed = await self._read(page, facts)
            except (BoardNotFound, PeriodNotFound):
                changed = self._end(page)
            except BoardPending:  # Valkey was flushed: what comes next does not follow from what was shown
                page.history.forget()
                page.facts, changed = None, False
            except Problem as problem:
                log.warning("live_delayed", error=problem.slug)
                page.facts, changed = None, False
        if changed:
            if since is not None:
                self._metrics.renewed(time.perf_counter() - since)
            await page.wake()

    async def _read(self, page: Page, facts: object) -> bool:
        """Bring a page up to date; true when there is something to tell."""
        page.board = await self._source.definition(page.key.board_id)
        if self._has_passed(page):
            return self._end(page)
        body = await self._source.page(page.board, page.key.period, page.key.limit)
        page.facts = facts
        return page.history.add(body)

    async def _read_first(self, page: Page) -> None:
        if not page.followed:
            async with page.lock:  # of many who come at once, one reads
                if not page.followed:
                    page.history.add(await self._source.page(page.board, page.key.period, page.key.limit))
                    page.facts, page.followed = None, True
        if page.history.newest is None:
            raise BoardPending("the board is being built; try again in a second", retry_after=1)

    def _has_passed(self, page: Page) -> bool:
        return page.key.follows and not self._source.is_current(page.key.period, page.board)

    def _followed(self) -> Iterator[Page]:
        return (page for pages in self._pages.values() for page in pages.values() if page.followed)

    def _pairs_of(self, hint: BoardHint) -> list[Pair]:
        if hint.period is not None:
            pair = hint.board_id, hint.period
            return [pair] if pair in self._pages else []
        pairs = [pair for pair in self._pages if pair[0] == hint.board_id]
        for pair in pairs:
            for page in self._pages[pair].values():
                page.facts = None  # the board itself is another, whatever the versions say
        return pairs

    def _leave(self, page: Page) -> None:
        page.followed = False
        if page.over or page.history.newest is None:
            self._drop(page)
            return
        self._unwatched[page.key] = page
        if len(self._unwatched) > UNWATCHED_KEPT:
            _, longest_left = self._unwatched.popitem(last=False)
            self._drop(longest_left)

    def _end(self, page: Page) -> bool:
        page.over = True
        self._unwatched.pop(page.key, None)
        self._drop(page)
        return True

    def _drop(self, page: Page) -> None:
        pages = self._pages.get(page.key.pair, {})
        if pages.get(page.key) is page:
            del pages[page.key]
            if not pages:
                del self._pages[page.key.pair]
