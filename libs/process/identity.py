"""How a process knows who calls: the issuer's keys and the API keys, each followed for as long as it runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from libs.auth.api_keys import ApiKeys
from libs.auth.key_sets import KeyFile, KeySet, Source
from libs.auth.metrics import AuthMetrics
from libs.auth.provider import open_provider
from libs.auth.settings import AuthSettings
from libs.auth.tokens import Rules, Verifier
from libs.bus.bucket import Bucket
from libs.bus.connection import Connection
from libs.clock import Clock
from libs.events.topology import API_KEYS
from libs.process.tasks import running
from libs.telemetry.metrics import Telemetry

DEAF_SECONDS = 60.0  # so long after the broker was last heard, a key may have been revoked without our knowing


@asynccontextmanager
async def open_verifier(
    settings: AuthSettings,
    connection: Connection,
    telemetry: Telemetry,
    *,
    clock: Clock,
    used: Callable[[UUID], None] = lambda _: None,
) -> AsyncIterator[Verifier]:
    """Return the verifier of what these settings trust; it needs neither issuer nor broker to start.

    `used` is called with the id of each API key that is let in.
    """
    async with AsyncExitStack() as stack:
        metrics = AuthMetrics(telemetry)
        keys = KeySet(await _source(stack, settings), metrics, stale_seconds=settings.auth_stale_seconds)
        stack.push_async_callback(keys.close)
        keys.refresh()
        bucket = Bucket(connection, API_KEYS, changed=lambda name: api_keys.put(name, bucket.values.get(name)))
        api_keys = ApiKeys(
            clock, loaded=bucket.loaded.is_set, current=lambda: bucket.followed_within(DEAF_SECONDS), used=used
        )
        metrics.api_keys(lambda: len(api_keys))
        await stack.enter_async_context(running([bucket.run()]))
        yield Verifier(keys, api_keys, rules_of(settings))


async def _source(stack: AsyncExitStack, settings: AuthSettings) -> Source:
    if settings.auth_jwks is not None:
        return KeyFile(settings.auth_jwks)
    return await stack.enter_async_context(open_provider(settings.auth_issuer, plain_http=settings.auth_plain_http))


def rules_of(settings: AuthSettings) -> Rules:
    """Return what these settings ask of a token."""
    return Rules(
        issuer=settings.auth_issuer,
        audience=settings.auth_audience,
        other_audiences=settings.auth_other_audiences,
        plain_jwt=settings.auth_plain_jwt,
        claims=settings.claim_map(),
    )
