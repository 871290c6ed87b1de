"""Valkey, through the `redis` package; holds only what can be rebuilt from PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

Valkey = Redis
ValkeyError = RedisError
ScriptUnknown = NoScriptError  # to the server, which has lost it or never had it


@asynccontextmanager
async def open_valkey(url: str, *, connections: int = 64, patience: float = 2.0) -> AsyncIterator[Valkey]:
    """Open a client that gives up after `patience` seconds and closes at the end. Does not fail when Valkey is down."""
    client = Redis.from_url(
        url,
        max_connections=connections,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        # what we send is absolute and idempotent, but a reader must fail fast instead of queueing behind retries
        retry=Retry(NoBackoff(), 1),
        decode_responses=False,
    )
    try:
        yield client
    finally:
        await client.aclose()
