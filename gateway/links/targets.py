"""Finding where a code leads: one read of Valkey, under the keys that sharing writes.

    link:{links}:<code>      version (4 bytes), link id (16 bytes), target (the rest; none: it is disabled)
    link:{links}:ready       "1" once every link is there

The braces stand in the keys: they keep all of them in one slot of a cluster.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.links.errors import LinkGone, LinksPending, LinksUnavailable, LinkUnknown
from libs.storage.gathered import Gathered, Told
from libs.storage.pipelined import Pipelined
from libs.storage.resp import packed
from libs.storage.valkey import ValkeyError
from libs.storage.valkey_link import Reply
from libs.telemetry.logs import logger

log = logger(__name__)

PREFIX = "link:{links}:"
READY = f"{PREFIX}ready"
LENGTH = 10
CODE = re.compile(rf"[2-9A-HJ-NP-Za-hjkmnp-z]{{{LENGTH}}}")  # as sharing makes them: nothing else is asked for
_KEY = packed(PREFIX + "_" * LENGTH).replace(b"_" * LENGTH, b"%b")  # packed: all codes have one length
ID = slice(4, 20)
# Sharing lets nothing else in. Looked at once more where it would do harm: a line break would begin another header.
SAFE = re.compile(rb"https?://[!-\[\]-~]+")


class Target(NamedTuple):
    """Where a link leads."""

    link_id: bytes
    url: bytes


class _Reads(Gathered[None, bytes | None]):
    """Reads of links, packed keys in one MGET."""

    def write(self, kind: None, arguments: Sequence[bytes], *, again: bool) -> bytes:  # noqa: ARG002 - of one kind
        return b"*%d\r\n$4\r\nMGET\r\n%b" % (1 + len(arguments), b"".join(arguments))

    def shares(self, reply: Reply, count: int) -> Iterable[bytes | None]:  # noqa: ARG002 - as many as there are keys
        values: list[bytes | None] = reply
        return values


class Targets:
    """The links that Valkey shows."""

    def __init__(self, valkey: Pipelined) -> None:
        """Read through `valkey`."""
        self._valkey, self._reads = valkey, _Reads(valkey, enough=16)

    async def find(self, code: str) -> Target:
        """Return where a code leads. Raises LinkUnknown, LinkGone, LinksPending, LinksUnavailable."""
        try:
            value = await self._reads.get(None, _key_of(code)) or await self._surely(code)
        except ValkeyError as error:
            log.warning("links_unreadable", error=repr(error))
            raise LinksUnavailable("try again in a moment", retry_after=2) from error
        return read_target(value)

    def ask(self, code: str, told: Told[bytes | None]) -> None:
        """Ask for what `read_target` reads; nothing may still be a link. Raises LinkUnknown."""
        self._reads.ask(None, _key_of(code), told)

    async def _surely(self, code: str) -> bytes:
        """Look again, together with whether every link is there: a link may come in between the two."""
        ready, value = await self._valkey.command("MGET", READY, PREFIX + code)
        if value is None and ready != b"1":
            raise LinksPending("try again in a moment", retry_after=2)
        if value is None:
            raise LinkUnknown("look at the address again: it may have lost its end")
        found: bytes = value
        return found


def _key_of(code: str) -> bytes:
    if not CODE.fullmatch(code):
        raise LinkUnknown("look at the address again: it may have lost its end")
    return _KEY % code.encode()


def read_target(value: bytes) -> Target:
    """Return where a link leads. Raises LinkUnknown, LinkGone."""
    url = value[ID.stop :]
    if not url:
        raise LinkGone("it was disabled by whom it belonged to")
    if not SAFE.fullmatch(url):
        log.error("link_refused", link_id=value[ID].hex())
        raise LinkUnknown("look at the address again: it may have lost its end")
    return Target(value[ID], url)
