"""The connection to NATS: never gives up, notices a dead link in seconds, and answers JetStream's API."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client

from libs.bus.errors import BusUnavailable, PublishRefused
from libs.telemetry.logs import logger

log = logger(__name__)

PING_SECONDS = 10  # the client's own two minutes would leave a half-open link unnoticed for five
RECONNECT_SECONDS = 0.25
UNAVAILABLE = (nats.errors.Error, TimeoutError, OSError)


class Connection:
    """A NATS connection. `generation` grows with each reconnect: pull requests of an older one are gone.

    `renewed` is called after each, when the broker knows all subscriptions again.
    """

    def __init__(self, client: Client) -> None:
        """Use `open_connection` instead."""
        self.client = client
        self.generation = 0
        self.renewed: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        """Whether the link is up now."""
        return bool(self.client.is_connected)

    async def request(self, subject: str, payload: bytes, *, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Send and return the JSON answer. Raises BusUnavailable (no answer), PublishRefused (an error answer)."""
        try:
            reply = await self.client.request(subject, payload, timeout=5.0, headers=headers)
        except UNAVAILABLE as error:
            raise BusUnavailable(f"no answer on {subject}: {type(error).__name__}", retry_after=1) from error
        answer: dict[str, Any] = json.loads(reply.data) if reply.data else {}
        if failure := answer.get("error"):
            raise PublishRefused(failure.get("err_code", failure["code"]), failure.get("description", ""))
        return answer

    async def api(self, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call one method of JetStream's API (`STREAM.INFO.CONTENT`), waiting out an election or a restart."""
        payload = json.dumps(body).encode() if body is not None else b""
        for _ in range(20):
            try:
                return await self.request(f"$JS.API.{name}", payload)
            except BusUnavailable:
                await asyncio.sleep(RECONNECT_SECONDS)
        return await self.request(f"$JS.API.{name}", payload)


@asynccontextmanager
async def open_connection(url: str, *, name: str) -> AsyncIterator[Connection]:
    """Connect, keep reconnecting for ever, and close at the end. Raises BusUnavailable when the first try fails."""
    holder: list[Connection] = []

    async def reconnected() -> None:
        holder[0].generation += 1
        log.info("bus_reconnected", generation=holder[0].generation)
        for call in holder[0].renewed:
            call()

    async def disconnected() -> None:
        log.warning("bus_disconnected")

    async def failed(error: Exception) -> None:
        log.warning("bus_errored", error=repr(error))

    try:
        client = await nats.connect(
            url,
            name=name,
            # a prefix of its own, so that permissions can keep one service from reading another's answers
            inbox_prefix=f"_INBOX_{name}",
            connect_timeout=5,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_SECONDS,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=2,
            reconnected_cb=reconnected,
            disconnected_cb=disconnected,
            error_cb=failed,
        )
    except UNAVAILABLE as error:
        raise BusUnavailable(f"cannot connect: {error!r}") from error
    holder.append(Connection(client))
    try:
        yield holder[0]
    finally:
        await client.close()
