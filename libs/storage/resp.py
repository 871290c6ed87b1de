"""Writing commands as Valkey's protocol has them (RESP 2), so that what never changes is written once."""

import hashlib
from typing import TypeAlias

Part: TypeAlias = bytes | str | int


def packed(*parts: Part) -> bytes:
    """Return the parts of a command as they go over the wire; they may be joined to others."""
    return b"".join([b"$%d\r\n%b\r\n" % (len(one), one) for one in map(_bytes, parts)])


def command(*parts: Part) -> bytes:
    """Return a whole command, to be sent as it is any number of times."""
    return b"*%d\r\n%b" % (len(parts), packed(*parts))


def _bytes(part: Part) -> bytes:
    if isinstance(part, bytes):
        return part
    return str(part).encode()


class Script:
    """A Lua script: called by its digest, and whole on a server that does not know it yet."""

    def __init__(self, text: str, *, keys: int) -> None:
        """Take `keys` keys in each call."""
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # the name that Valkey gives it
        self._keys = keys
        self._by_digest = packed("EVALSHA", digest, keys)
        self._whole = packed("EVAL", text, keys)

    def by_digest(self, keys: bytes, arguments: bytes, count: int) -> bytes:
        """Return the call with packed keys and so many packed arguments."""
        return b"*%d\r\n%b%b%b" % (3 + self._keys + count, self._by_digest, keys, arguments)

    def whole(self, keys: bytes, arguments: bytes, count: int) -> bytes:
        """Return the same call with the script's text, which teaches it to the server."""
        return b"*%d\r\n%b%b%b" % (3 + self._keys + count, self._whole, keys, arguments)
