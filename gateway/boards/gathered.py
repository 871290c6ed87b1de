"""Reads of one board in one period that are asked for within a tick: one call of one script, which they share.

The more readers there are, the more share a call, and the less each costs; who comes alone waits for nobody.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError

from gateway.boards.moment import Moment
from gateway.boards.sheets import Sheet
from libs.storage.pipelined import Pipelined
from libs.storage.resp import Script
from libs.storage.valkey import ValkeyError
from libs.storage.valkey_link import Reply

Found: TypeAlias = tuple[Moment, Any]
"""What the whole period is at this moment, and the script's item for who asked; None where it has none."""
Told: TypeAlias = Callable[[Found | ValkeyError], None]
Calls: TypeAlias = Sequence[tuple[bytes, Told]]


class Gathered:
    """Calls of a script that answers as `gateway.boards.scripts` says, with an item for each who asked."""

    def __init__(self, valkey: Pipelined, script: Script, *, width: int, most: int) -> None:
        """Call `script`, in which each who asks has `width` arguments, for `most` of them at once.

        With so many a call leaves before the tick ends, and Valkey answers it while the rest is still being read.
        """
        self._valkey, self._script, self._width, self._most = valkey, script, width, most
        self._asked: dict[Sheet, list[tuple[bytes, Told]]] = {}

    def ask(self, sheet: Sheet, arguments: bytes, told: Told) -> None:
        """Ask together with others, with packed arguments; `told` is called later with what was found, or why not."""
        if not self._asked:
            asyncio.get_running_loop().call_soon(self._send)
        calls = self._asked.setdefault(sheet, [])
        calls.append((arguments, told))
        if len(calls) >= self._most:
            del self._asked[sheet]
            self._call(sheet, calls, self._script.by_digest)

    async def get(self, sheet: Sheet, arguments: bytes) -> Found:
        """Return what was found. Raises ValkeyError."""
        answer: asyncio.Future[Found] = asyncio.get_running_loop().create_future()

        def told(found: Found | ValkeyError) -> None:
            if answer.done():  # whoever asked has left
                return
            if isinstance(found, ValkeyError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        self.ask(sheet, arguments, told)
        return await answer

    def _send(self) -> None:
        asked, self._asked = self._asked, {}
        for sheet, calls in asked.items():
            self._call(sheet, calls, self._script.by_digest)

    def _call(self, sheet: Sheet, calls: Calls, write: Callable[[bytes, bytes, int], bytes]) -> None:
        arguments = b"".join([sheet.first, *[own for own, _ in calls]])
        written = write(sheet.keys, arguments, 1 + self._width * len(calls))
        try:
            reply = self._valkey.ask(written, calls=len(calls))
        except ValkeyError as error:
            _fail(calls, error)
        else:
            reply.add_done_callback(partial(self._answered, sheet, calls))

    def _answered(self, sheet: Sheet, calls: Calls, reply: "asyncio.Future[Reply]") -> None:
        error = reply.exception()
        if error is None:
            _hand_out(calls, reply.result())
        elif isinstance(error, NoScriptError):
            self._call(sheet, calls, self._script.whole)
        elif isinstance(error, ValkeyError):
            _fail(calls, error)
        else:
            raise error


def _hand_out(calls: Calls, reply: Sequence[Any]) -> None:
    moment, items = Moment.of(reply), reply[-1] or [None] * len(calls)
    for (_, told), item in zip(calls, items, strict=True):
        told((moment, item))


def _fail(calls: Calls, error: ValkeyError) -> None:
    for _, told in calls:
        told(error)
