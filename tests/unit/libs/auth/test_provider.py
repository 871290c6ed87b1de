"""What is asked of an OIDC provider, and which of its answers are not taken."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from libs.auth import provider as module
from libs.auth.key_sets import Unreadable
from libs.auth.provider import MOST_BYTES, Provider, fault_of, open_provider

ISSUER = "https://id.example.org/realms/voices"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
KEYS = "https://keys.example.org/jwks"
Answer = Callable[[httpx.Request], httpx.Response]


async def once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


def said(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """An answer that is still to be read."""
    return httpx.Response(status, content=once(content), headers={n.replace("_", "-"): v for n, v in headers.items()})


class Outside:
    """The provider, as far as it can be seen from here."""

    def __init__(self, **discovery: object) -> None:
        self.discovery = {"issuer": ISSUER, "jwks_uri": KEYS, **discovery}
        self.answers: dict[str, Answer] = {
            DISCOVERY: lambda _: said(json.dumps(self.discovery).encode()),
            KEYS: lambda _: said(b'{"keys": []}'),
        }
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answers[str(request.url)](request)

    async def read(self, issuer: str = ISSUER, *, plain_http: bool = False) -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.answer)) as client:
            return await Provider(client, issuer, plain_http=plain_http).read()


async def test_keys_are_found_by_discovery() -> None:
    outside = Outside()
    assert await outside.read() == b'{"keys": []}'
    assert outside.asked == [DISCOVERY, KEYS]


async def test_a_slash_at_the_end_belongs_to_the_issuer_and_not_to_the_address() -> None:
    outside = Outside(issuer=f"{ISSUER}/")
    assert await outside.read(f"{ISSUER}/") == b'{"keys": []}'
    with pytest.raises(Unreadable, match="another issuer"):
        await outside.read(ISSUER)


@pytest.mark.parametrize("issuer", [None, "https://id.example.org", ISSUER.upper(), [ISSUER]])
async def test_a_document_of_another_issuer_is_not_followed(issuer: object) -> None:
    outside = Outside(issuer=issuer)
    with pytest.raises(Unreadable, match="another issuer"):
        await outside.read()
    assert outside.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "file:///etc/passwd",
        "ftp://keys.example.org/jwks",
        "data:application/json,{}",
        "http://keys.example.org/jwks",
        "http://169.254.169.254/latest/meta-data",
        "https://user:password@keys.example.org/jwks",
        "//keys.example.org/jwks",
        "https:///jwks",
        "https://[::1",
        {"href": KEYS},
    ],
)
async def test_keys_are_not_read_from_everywhere(address: object) -> None:
    outside = Outside(jwks_uri=address)
    with pytest.raises(Unreadable):
        await outside.read()
    assert outside.asked == [DISCOVERY]


@pytest.mark.parametrize("where", [DISCOVERY, KEYS])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(where: str, status: int) -> None:
    outside = Outside()
    outside.answers[where] = lambda _: said(b"", status, location="http://10.0.0.1/")
    with pytest.raises(Unreadable, match=f"answered {status}"):
        await outside.read()
    assert outside.asked[-1] == where


@pytest.mark.parametrize("where", [DISCOVERY, KEYS])
@pytest.mark.parametrize("status", [204, 400, 404, 429, 500, 503])
async def test_a_failure_is_one(where: str, status: int) -> None:
    outside = Outside()
    outside.answers[where] = lambda _: said(b"", status)
    with pytest.raises(Unreadable, match=f"answered {status}"):
        await outside.read()


async def endless(taken: list[int]) -> AsyncIterator[bytes]:
    while True:
        taken.append(1)
        yield b"x" * 65_536


@pytest.mark.parametrize("where", [DISCOVERY, KEYS])
async def test_an_endless_answer_is_left_at_its_limit(where: str) -> None:
    outside, taken = Outside(), list[int]()
    outside.answers[where] = lambda _: httpx.Response(200, content=endless(taken))
    with pytest.raises(Unreadable, match="more than"):
        await outside.read()
    assert len(taken) == MOST_BYTES // 65_536 + 1


async def test_a_packed_answer_is_not_unpacked() -> None:
    outside = Outside()
    outside.answers[KEYS] = lambda _: said(b"\x1f\x8b", content_encoding="gzip")
    with pytest.raises(Unreadable, match="packed"):
        await outside.read()


async def test_a_provider_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as client:
        with pytest.raises(Unreadable, match="no answer"):
            await Provider(client, ISSUER, plain_http=False).read()


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadError("cut"), httpx.RemoteProtocolError("")]
)
async def test_a_broken_connection_is_a_failure(error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    outside = Outside()
    outside.answers[KEYS] = fail
    with pytest.raises(Unreadable, match=type(error).__name__):
        await outside.read()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"7"])
async def test_a_document_that_is_none_is_a_failure(content: bytes) -> None:
    outside = Outside()
    outside.answers[DISCOVERY] = lambda _: said(content)
    with pytest.raises((Unreadable, ValueError)):
        await outside.read()


async def test_packed_answers_are_not_asked_for() -> None:
    outside = Outside()
    outside.answers[KEYS] = lambda request: said(request.headers["accept-encoding"].encode())
    assert await outside.read() == b"identity"


@pytest.mark.parametrize(
    ("address", "plain_http", "good"),
    [
        ("https://id.example.org", False, True),
        ("http://id.example.org", False, False),
        ("http://id.example.org", True, True),
        ("http://127.0.0.1:3000", False, True),
        ("http://[::1]:3000", False, True),
        ("http://localhost:3000", False, True),
        ("http://127.0.0.1.example.org", False, False),
        ("http://localhost.example.org", False, False),
        ("ftp://id.example.org", True, False),
        ("file:///etc/passwd", True, False),
        ("timbre-local", False, False),
    ],
)
def test_plain_http_is_for_loopback_and_for_who_asks_for_it(address: str, plain_http: bool, good: bool) -> None:  # noqa: FBT001
    assert (fault_of(address, plain_http=plain_http) == "") is good


async def test_what_asks_the_provider_follows_no_redirection() -> None:
    async with open_provider(ISSUER, plain_http=False) as provider:
        assert provider._client.follow_redirects is False
