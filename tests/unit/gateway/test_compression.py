"""Which answers are made smaller, and that they say the same."""

import gzip
from collections.abc import Sequence
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.codings import coding_for
from gateway.compression import Compression

TEXT = b'{"items": ' + b'"a word of my own", ' * 200 + b"}"
JSON = (b"content-type", b"application/json")


class Answered:
    """What a client has got."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


async def answered(
    accept: bytes, *pieces: bytes, headers: Sequence[tuple[bytes, bytes]] = (JSON,), status: int = 200
) -> Answered:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope
        assert receive
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        for number, piece in enumerate(pieces, start=1):
            await send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    found = Answered()
    scope = {"type": "http", "headers": [(b"accept-encoding", accept)]}
    await Compression(app)(scope, receive, found)
    return found


def plain(answer: Answered) -> bytes:
    encoding = answer.headers.get(b"content-encoding")
    if encoding == b"zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(answer.body)
    return gzip.decompress(answer.body) if encoding == b"gzip" else answer.body


def test_a_header_of_odd_length_is_not_kept() -> None:
    assert coding_for(b"gzip" + b", x" * 200) == "identity"


@given(st.binary(max_size=300))
def test_no_header_breaks_the_choice(header: bytes) -> None:
    assert coding_for(header) in {"identity", "gzip", "zstd"}


@pytest.mark.parametrize("encoding", [b"zstd", b"gzip"])
async def test_a_whole_answer_is_smaller_and_says_its_length(encoding: bytes) -> None:
    length = (b"content-length", str(len(TEXT)).encode())
    answer = await answered(encoding, TEXT, headers=[JSON, length, (b"etag", b'"1"')])
    assert plain(answer) == TEXT
    assert len(answer.body) < len(TEXT) / 5
    assert answer.headers[b"content-encoding"] == encoding
    assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
    assert answer.headers[b"vary"] == b"accept-encoding"
    assert answer.headers[b"etag"] == b'W/"1"'


@pytest.mark.parametrize("encoding", [b"zstd", b"gzip"])
async def test_each_piece_can_be_read_when_it_has_come(encoding: bytes) -> None:
    answer = await answered(encoding, TEXT, b"more", TEXT, b"")
    assert b"content-length" not in answer.headers
    assert plain(answer) == TEXT + b"more" + TEXT
    assert [bool(message["body"]) for message in answer.messages[1:]] == [True] * 4
    one = answer.messages[1]["body"]
    reader = zstandard.ZstdDecompressor().decompressobj() if encoding == b"zstd" else None
    if reader is not None:
        assert reader.decompress(one) == TEXT


@pytest.mark.parametrize(
    ("headers", "status", "pieces"),
    [
        ([JSON, (b"content-encoding", b"br")], 200, [TEXT]),
        ([JSON, (b"cache-control", b"no-transform")], 200, [TEXT]),
        ([(b"content-type", b"text/event-stream")], 200, [TEXT, b""]),
        ([(b"content-type", b"application/vnd.apache.parquet")], 200, [TEXT]),
        ([], 200, [TEXT]),
        ([JSON], 206, [TEXT]),
        ([JSON], 304, [b""]),
        ([JSON], 200, [TEXT[:1000]]),
        ([JSON, (b"content-length", b"1000")], 200, [TEXT[:500], TEXT[500:1000]]),
    ],
)
async def test_what_is_better_left_alone_is(
    headers: list[tuple[bytes, bytes]], status: int, pieces: list[bytes]
) -> None:
    answer = await answered(b"gzip, zstd", *pieces, headers=headers, status=status)
    assert answer.body == b"".join(pieces)
    assert [pair for pair in answer.messages[0]["headers"] if pair[0] != b"vary"] == headers


async def test_who_takes_nothing_compressed_gets_it_plain_and_caches_know() -> None:
    answer = await answered(b"", TEXT)
    assert answer.body == TEXT
    assert answer.headers[b"vary"] == b"accept-encoding"


@pytest.mark.parametrize("kind", [b"text/csv; charset=utf-8", b"application/problem+json", b"application/x-ndjson"])
async def test_texts_of_all_kinds_are_compressed(kind: bytes) -> None:
    assert plain(await answered(b"zstd", TEXT, headers=[(b"content-type", kind)])) == TEXT
