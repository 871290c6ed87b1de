"""The keys of an OIDC provider, found by discovery, over HTTP that is bounded in time, size and direction."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from libs.auth.key_sets import Unreadable

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE_SECONDS = 5.0  # for discovery and keys together
MOST_BYTES = 256 * 1024
# unpacked, a small answer could be a large one
HEADERS = {"Accept": "application/json, application/jwk-set+json", "Accept-Encoding": "identity"}


class Provider:
    """Reads the key set that the provider's own discovery document names."""

    def __init__(self, client: httpx.AsyncClient, issuer: str, *, plain_http: bool) -> None:
        """Ask the provider whose issuer identifier is exactly `issuer`."""
        self._client = client
        self._issuer = issuer
        self._plain_http = plain_http

    async def read(self) -> bytes:
        """Return the key set. Raises Unreadable."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._get(await self._discovered())
        except TimeoutError as error:
            raise Unreadable(f"no answer within {PATIENCE_SECONDS:.0f} s") from error

    async def _discovered(self) -> str:
        """Return the address of the keys (OpenID Connect Discovery 1.0, 4)."""
        document = json.loads(await self._get(self._issuer.rstrip("/") + DISCOVERY))
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise Unreadable("the discovery document is of another issuer")
        return str(document.get("jwks_uri"))

    async def _get(self, url: str) -> bytes:
        if fault := fault_of(url, plain_http=self._plain_http):
            raise Unreadable(f"{url[:200]!r} {fault}")
        try:
            async with self._client.stream("GET", url, headers=HEADERS) as answer:
                return await _whole(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreadable(f"{type(error).__name__} of {url[:200]}") from error


async def _whole(answer: httpx.Response) -> bytes:
    if answer.status_code != httpx.codes.OK:  # a redirection, too: keys come from where the issuer says
        raise Unreadable(f"answered {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unreadable("answered in a packed form")
    body = b""
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise Unreadable(f"answered more than {MOST_BYTES} bytes")
    return body


def fault_of(url: str, *, plain_http: bool) -> str:
    """Return why keys may not be read from an address; empty when they may."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "is no address"
    if not host or parts.username is not None or parts.scheme not in {"http", "https"}:
        return "must be an http or https address of a host, without a login"
    if parts.scheme == "http" and not plain_http and not is_loopback(parts):
        return "must be https: plain http is for loopback only"
    return ""


def is_loopback(parts: SplitResult) -> bool:
    """Whether an address is of this machine."""
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


@asynccontextmanager
async def open_provider(issuer: str, *, plain_http: bool) -> AsyncIterator[Provider]:
    """Open what asks the provider; a proxy and certificates of the environment are used, but not for loopback."""
    outside = not is_loopback(urlsplit(issuer))
    timeout = httpx.Timeout(PATIENCE_SECONDS)
    async with httpx.AsyncClient(trust_env=outside, timeout=timeout, follow_redirects=False) as client:
        yield Provider(client, issuer, plain_http=plain_http)
