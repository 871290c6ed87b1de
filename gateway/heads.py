"""Heads of answers, for who writes to a connection himself."""

from collections.abc import Iterable


def written(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as HTTP/1.1 writes them (RFC 9112, 5)."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])
