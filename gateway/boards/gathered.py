"""Reads of one board in one period share calls of a script."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from gateway.boards.moment import Moment
from gateway.boards.sheets import Sheet
from libs.storage.gathered import Gathered
from libs.storage.pipelined import Pipelined
from libs.storage.resp import Script
from libs.storage.valkey import ScriptUnknown, ValkeyError
from libs.storage.valkey_link import Reply

Found: TypeAlias = tuple[Moment, Any]
"""What the whole period is at this moment, and the script's item for who asked; None where it has none."""


class ScriptCalls(Gathered[Sheet, Found]):
    """Calls of a script that answers as `gateway.boards.scripts` says, with an item for each who asked."""

    def __init__(self, valkey: Pipelined, script: Script, *, width: int, enough: int) -> None:
        """Call `script`, in which each who asks has `width` arguments, packed."""
        super().__init__(valkey, enough=enough)
        self._script, self._width = script, width

    def write(self, kind: Sheet, arguments: Sequence[bytes], *, again: bool) -> bytes:
        """Return the call, with the script's text when the server has lost it (Gathered)."""
        write = self._script.whole if again else self._script.by_digest
        return write(kind.keys, kind.first + b"".join(arguments), 1 + self._width * len(arguments))

    def shares(self, reply: Reply, count: int) -> Iterable[Found]:
        """Return each one's item beside what all have in common (Gathered)."""
        moment = Moment.of(reply)
        return [(moment, item) for item in reply[-1] or [None] * count]

    def may_again(self, error: ValkeyError) -> bool:
        """Send a script that the server has lost (Gathered)."""
        return isinstance(error, ScriptUnknown)
