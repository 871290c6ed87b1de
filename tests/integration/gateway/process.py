"""The gateway as a process of its own, for what can only be seen from outside: signals and memory."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from deploy.local.servers.nats import NatsServer
from gateway.routes import SERVICES
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.issuer import ISSUER, Issuer
from tests.integration.gateway.serving import free_address
from tests.support.clock import MovedClock
from tests.support.harness import PERSON_KEY, Stage


@asynccontextmanager
async def process(
    stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str, *, ready_at: str = "", **settings: str
) -> AsyncIterator[tuple[Gateway, Process]]:
    """A gateway process that answers; it is killed at the end where it still runs."""
    address = free_address()
    environment = {
        **os.environ,
        **{f"GATEWAY_{name}_URL": service_url for name in map(str.upper, SERVICES)},
        "GATEWAY_NATS_URL": broker.url_of("gateway"),
        "GATEWAY_VALKEY_URL": stage.servers.valkey.url,
        "GATEWAY_AUTH_JWKS": str(issuer.path),
        "GATEWAY_AUTH_ISSUER": ISSUER,
        "GATEWAY_PERSON_KEY": PERSON_KEY,
        "GATEWAY_PORT": address.rsplit(":", 1)[1],
        "GATEWAY_DRAIN_SECONDS": "0",
        **{f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
    }
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", "serve", env=environment)
    try:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            async with asyncio.timeout(60):
                while not await ready(client, ready_at):  # noqa: ASYNC110 - the fact is in another process
                    await asyncio.sleep(0.05)
            # its clock is the real one; this one is not asked
            yield Gateway(client=client, issuer=issuer, url=address, clock=MovedClock()), started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def ready(client: httpx.AsyncClient, at: str = "") -> bool:
    """Whether the process answers and has what it needs; `at` another port of it, where it says so there."""
    with suppress(httpx.TransportError):
        return (await client.get(f"{at}/readyz")).is_success
    return False
