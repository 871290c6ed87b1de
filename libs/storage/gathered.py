"""Reads of Valkey that are asked for within a tick and share a call: what a call costs is paid once for all of them.

The more readers there are, the more share a call, and the less each costs; who comes alone waits for nobody.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from redis.exceptions import ResponseError

from libs.storage.pipelined import Pipelined
from libs.storage.valkey import ValkeyError
from libs.storage.valkey_link import Reply

KindT = TypeVar("KindT", bound=Hashable)
FoundT = TypeVar("FoundT")
Told: TypeAlias = Callable[[FoundT | ValkeyError], None]
Calls: TypeAlias = Sequence[tuple[bytes, Told[FoundT]]]

MOST = 64  # in one call: a millisecond of Valkey's time where each is a small script's


class Gathered(ABC, Generic[KindT, FoundT]):
    """Calls of one kind, say of one script with the same keys, go as one.

    With `enough` of them a call leaves before the tick ends where Valkey has nothing to do, so that it answers while
    the rest is still being read; where it is busy, calls grow meanwhile.
    """

    def __init__(self, valkey: Pipelined, *, enough: int) -> None:
        """Ask `valkey`."""
        self._valkey, self._enough = valkey, enough
        self._asked: dict[KindT, list[tuple[bytes, Told[FoundT]]]] = {}

    def ask(self, kind: KindT, arguments: bytes, told: Told[FoundT]) -> None:
        """Ask together with others; `told`, which must not raise, is called later with what was found, or why not."""
        if not self._asked:
            asyncio.get_running_loop().call_soon(self._send)
        calls = self._asked.setdefault(kind, [])
        calls.append((arguments, told))
        if len(calls) >= MOST or (len(calls) >= self._enough and self._valkey.pending < self._enough):
            del self._asked[kind]
            self._call(kind, calls)

    async def get(self, kind: KindT, arguments: bytes) -> FoundT:
        """Return what was found. Raises ValkeyError."""
        answer: asyncio.Future[FoundT] = asyncio.get_running_loop().create_future()

        def told(found: FoundT | ValkeyError) -> None:
            if answer.done():  # whoever asked has left
                return
            if isinstance(found, ValkeyError):
                answer.set_exception(type(found)(*found.args))  # one for each: raising grows its traceback
            else:
                answer.set_result(found)

        self.ask(kind, arguments, told)
        return await answer

    @abstractmethod
    def write(self, kind: KindT, arguments: Sequence[bytes], *, again: bool) -> bytes:
        """Return the call for all that is asked; `again`: after it was refused, see `may_again`."""

    @abstractmethod
    def shares(self, reply: Reply, count: int) -> Iterable[FoundT]:
        """Return what each of so many gets, in the order of the arguments."""

    def may_again(self, error: ValkeyError) -> bool:  # noqa: ARG002 - for who overrides it
        """Whether a call that was refused is made once more."""
        return False

    def _send(self) -> None:
        asked, self._asked = self._asked, {}
        for kind, calls in asked.items():
            self._call(kind, calls)

    def _call(self, kind: KindT, calls: Calls[FoundT], *, again: bool = False) -> None:
        written = self.write(kind, [arguments for arguments, _ in calls], again=again)
        try:
            reply = self._valkey.ask(written, calls=len(calls))
        except ValkeyError as error:
            _tell_all(calls, error)
        else:
            reply.add_done_callback(partial(self._answered, kind, calls, again=again))

    def _answered(self, kind: KindT, calls: Calls[FoundT], reply: "asyncio.Future[Reply]", *, again: bool) -> None:
        try:
            shares = [*self.shares(reply.result(), len(calls))]
        except ValkeyError as error:
            if again or not self.may_again(error):
                _tell_all(calls, error)
            else:
                self._call(kind, calls, again=True)
        except Exception as error:  # noqa: BLE001 - whatever stands in Valkey, everybody hears of it
            _tell_all(calls, ResponseError(f"an answer that cannot be read: {error!r}"))
        else:
            for (_, told), found in zip(calls, shares, strict=True):
                told(found)


def _tell_all(calls: Calls[FoundT], error: ValkeyError) -> None:
    for _, told in calls:
        told(error)
