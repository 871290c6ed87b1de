"""Owns speaking to the gateway: tokens, retries while a part of it is away, and how many calls are under way."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from deploy.local.demo.people import NAMESPACE
from deploy.local.folder import DataFolder
from deploy.local.issuer import mint
from libs.auth.roles import Role
from libs.clock import Clock

PATIENCE_SECONDS = 90.0
AWAY = frozenset({429, 502, 503, 504})
UNDER_WAY = 8
LIFETIME = timedelta(hours=2)


class RefusedError(RuntimeError):
    """The gateway refused a call of the demonstration, or did not answer for too long; the message has the answer."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the subject and the role of the token."""

    subject: UUID
    role: Role


MANAGER = Caller(NAMESPACE, "admin")


class Api:
    """The public API as one caller after another sees it."""

    def __init__(self, client: httpx.AsyncClient, folder: DataFolder, clock: Clock) -> None:
        self._client, self._folder, self._clock = client, folder, clock
        self._tokens: dict[Caller, str] = {}
        self._free = asyncio.Semaphore(UNDER_WAY)

    async def get(self, path: str, *, waits: Collection[str] = (), query: Mapping[str, str | int] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Read as the manager."""
        return (await self.call("GET", path, waits=waits, query=query)).json()

    async def create(
        self, path: str, body: Mapping[str, Any], *, key: str, by: Caller = MANAGER, waits: Collection[str] = ()
    ) -> Any:  # noqa: ANN401  # JSON
        """POST once for ever under an Idempotency-Key; returns the answer of the first time."""
        return (await self.call("POST", path, by=by, json=body, headers={"Idempotency-Key": key}, waits=waits)).json()

    async def call(
        self,
        method: str,
        path: str,
        *,
        by: Caller = MANAGER,
        waits: Collection[str] = (),
        accepts: Collection[str] = (),
        query: Mapping[str, str | int] | None = None,
        json: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send until it is answered: a part that is away, or a problem in `waits`, is waited for.

        A problem in `accepts` is an answer like any other. Raises RefusedError.
        """
        headers = {"Authorization": f"Bearer {self._token(by)}", **(headers or {})}
        request = self._client.build_request(
            method, path, params=query or None, json=json, content=content, headers=headers
        )
        until, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while True:
            answer, trouble = await self._send(request)
            slug = slug_of(answer) if answer else None
            if answer is not None and (answer.is_success or slug in accepts):
                return answer
            passing = answer is None or answer.status_code in AWAY or slug in waits
            if not passing or time.monotonic() > until:
                raise RefusedError(f"{method} {request.url}: {trouble}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.6, 1.0)

    async def _send(self, request: httpx.Request) -> tuple[httpx.Response | None, str]:
        try:
            async with self._free:
                answer = await self._client.send(request)
        except httpx.TransportError as error:
            return None, repr(error)
        return answer, f"{answer.status_code} {answer.text[:2000]}"

    def _token(self, by: Caller) -> str:
        if by not in self._tokens:
            self._tokens[by] = mint(
                self._folder,
                subject=by.subject,
                roles=[by.role],
                programmes=["*"],
                lifetime=LIFETIME,
                now=self._clock.now(),
            )
        return self._tokens[by]


def slug_of(answer: httpx.Response) -> str | None:
    """Return which problem an answer is, if one."""
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    return str(answer.json().get("type", "")).rpartition(":")[2]


@asynccontextmanager
async def api_of(gateway_url: str, folder: DataFolder, clock: Clock) -> AsyncIterator[Api]:
    """Open connections to a gateway."""
    limits = httpx.Limits(max_connections=UNDER_WAY)
    async with httpx.AsyncClient(base_url=f"{gateway_url}/v1", trust_env=False, timeout=30.0, limits=limits) as client:
        yield Api(client, folder, clock)
