"""Heads of answers, for who writes to a connection himself."""

from collections.abc import Iterable
from http import HTTPStatus

Headers = list[tuple[bytes, bytes]]


def written(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as HTTP/1.1 writes them (RFC 9112, 5)."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


class Form:
    """A status with the headers that all answers of it have, written once."""

    def __init__(self, status: HTTPStatus, headers: Headers) -> None:
        """Write them."""
        self.status, self.headers = int(status), headers
        self.head = b"HTTP/1.1 %d %b\r\n%b" % (status, status.phrase.encode(), written(headers))
