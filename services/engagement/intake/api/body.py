"""Reading bodies at a door within a bound: whole, or line by line in groups."""

from collections.abc import AsyncIterator

from fastapi import Request

from libs.web.errors import BodyTooLarge, UnsupportedMediaType

Line = tuple[int, bytes | None]  # its place, 0 first; None where it was too long to be read
MOST_LINE_BYTES = 64 * 1024
GROUP_LINES = 1000
GROUP_BYTES = 1024 * 1024


def require_media_type(request: Request, *kinds: str) -> str:
    """Return which of the kinds the body says that it is; parameters are free. Raises UnsupportedMediaType."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in kinds:
        raise UnsupportedMediaType(f"send the body as {' or '.join(kinds)}")
    return given


def size_of(request: Request, *, most: int) -> int:
    """Return how many bytes the body announces, `most` where it does not say. Raises BodyTooLarge."""
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdigit() else most
    if size > most:
        raise BodyTooLarge(f"send at most {most} bytes at once")
    return size


async def read_body(request: Request, *, most: int) -> bytes:
    """Return the whole body. Raises BodyTooLarge as soon as it is."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise BodyTooLarge(f"send at most {most} bytes at once")
        pieces.append(piece)
    return b"".join(pieces)


async def lines_of(request: Request, *, most: int) -> AsyncIterator[list[Line]]:
    """Yield the lines that are not empty in groups of up to 1000, in constant memory. Raises BodyTooLarge."""
    place = size = 0
    rest, too_long = b"", False
    group: list[Line] = []
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise BodyTooLarge(f"send at most {most} bytes at once; what was sent before may be kept")
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            group += _line(place, line, too_long=too_long)
            place, too_long = place + 1, False
            if len(group) >= GROUP_LINES:
                yield group
                group = []
        if len(rest) > MOST_LINE_BYTES:
            rest, too_long = b"", True
        if group and sum(len(line or b"") for _, line in group) > GROUP_BYTES:
            yield group
            group = []
    group += _line(place, rest, too_long=too_long)
    if group:
        yield group


def _line(place: int, line: bytes, *, too_long: bool) -> list[Line]:
    if too_long or len(line) > MOST_LINE_BYTES:
        return [(place, None)]
    return [(place, line)] if line.strip() else []
