"""The gateway on a real socket, before a service that tells what it was sent."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.servers.nats import NatsServer
from gateway.app import create_app
from gateway.links.wire import protocol_of
from gateway.routes import ROUTES, SERVICES
from gateway.security import server_headers
from gateway.settings import Settings
from libs.bus.connection import open_connection
from libs.bus.streams import ensure_streams
from libs.storage.valkey import Valkey, open_valkey
from tests.integration.gateway.boards import Board
from tests.integration.gateway.issuer import ISSUER, Issuer
from tests.integration.gateway.serving import served
from tests.integration.gateway.upstream import Service
from tests.support.clock import MovedClock
from tests.support.eventually import eventually
from tests.support.harness import PERSON_KEY, Stage


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A gateway, as its clients see it."""

    client: httpx.AsyncClient
    issuer: Issuer
    url: str
    clock: MovedClock

    async def get(self, path: str, *roles: str, **rest: Any) -> httpx.Response:
        headers = {**self.issuer.headers(*(roles or ("admin",))), **rest.pop("headers", {})}
        return await self.client.get(path, headers=headers, **rest)

    async def post(self, path: str, *roles: str, **rest: Any) -> httpx.Response:
        headers = {**self.issuer.headers(*(roles or ("admin",))), **rest.pop("headers", {})}
        return await self.client.post(path, headers=headers, **rest)


Run = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    folder: Path = tmp_path_factory.mktemp("issuer")
    return Issuer(folder)


@pytest.fixture(scope="module")
async def valkey(stage: Stage) -> AsyncIterator[Valkey]:
    async with open_valkey(stage.servers.valkey.url) as client:
        yield client


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


@pytest.fixture(scope="module")
async def service_url(service: Service) -> AsyncIterator[str]:
    async with served(service.app()) as url:
        yield url


@pytest.fixture(scope="module")
async def run(stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str) -> Run:
    """Start a gateway with other settings, or with another time for services to answer in."""
    async with open_connection(broker.url, name="operator") as connection:
        await ensure_streams(connection)

    @asynccontextmanager
    async def running(*, patience: float = 10.0, named: bool = True, **settings: Any) -> AsyncIterator[Gateway]:
        given = {f"{name}_url": service_url for name in SERVICES}
        chosen = Settings(
            **{
                **given,
                "nats_url": SecretStr(broker.url_of("gateway")),
                "valkey_url": SecretStr(stage.servers.valkey.url),
                "auth_jwks": issuer.path,
                "auth_issuer": ISSUER,
                "person_key": SecretStr(PERSON_KEY),
                "snapshot_window": 0.0,  # what a test has just written is seen
                "trusted_proxies": 1,  # so that a test may come from anywhere
                "limits_seconds": 30.0,  # no load makes a gateway count for itself
                **settings,
            }
        )
        clock = MovedClock()
        app = create_app(chosen, clock=clock, routes=[replace(route, timeout=patience) for route in ROUTES])

        async def knows_names() -> bool:
            return bool(app.state.parts.names.loaded)

        of_server = server_headers(chosen.hsts_seconds)
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(
                served(app, protocol_of(app), headers=of_server, keep_alive=chosen.keep_alive_seconds)
            )
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
            if named:  # before that no answer has a tag
                await eventually(knows_names)
            yield Gateway(client=client, issuer=issuer, url=url, clock=clock)

    return running


@pytest.fixture(scope="module")
def environment(
    stage: Stage,
    broker: NatsServer,
    issuer: Issuer,
    service_url: str,
    run: Run,  # noqa: ARG001 - by then the broker has its streams
) -> dict[str, str]:
    """What a gateway that is a process of its own is told."""
    return {
        **{f"GATEWAY_{name.upper()}_URL": service_url for name in SERVICES},
        "GATEWAY_NATS_URL": broker.url_of("gateway"),
        "GATEWAY_VALKEY_URL": stage.servers.valkey.url,
        "GATEWAY_AUTH_JWKS": str(issuer.path),
        "GATEWAY_AUTH_ISSUER": ISSUER,
        "GATEWAY_PERSON_KEY": PERSON_KEY,
        "GATEWAY_LIMITS_SECONDS": "30",
    }


@pytest.fixture(scope="module")
async def gateway(run: Run) -> AsyncIterator[Gateway]:
    async with run() as running:
        yield running


@pytest.fixture
async def board(valkey: Valkey) -> Board:
    """A board on which one ambassador has half a point."""
    board = await Board(valkey).define()
    return await board.write({1: (500, 1)})
