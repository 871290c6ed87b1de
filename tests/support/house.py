"""All processes inside the test's own, each on a real socket, on servers that are shared."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import MappingProxyType
from typing import Any, get_args
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.local import topology
from deploy.local.folder import DataFolder
from deploy.local.issuer import ISSUER, mint, publish_keys
from deploy.local.servers.nats import NatsServer
from gateway.routes import Rate
from libs.bus.testing import settle
from libs.clock import Clock, new_id
from libs.process.parts import Parts
from tests.integration.gateway.serving import served
from tests.support.harness import PERSON_KEY, Caller, Stage

PACKAGES = {program.name: program.module for program in topology.SERVICES}
SERVICES = tuple(PACKAGES)
GATEWAY = "gateway"
# who tries every door at once would be turned away for that alone
UNLIMITED = {rate: {"quota": 1_000_000, "window": 1} for rate in get_args(Rate)}
LOOPBACK = ["127.0.0.0/8"]


@dataclass(frozen=True, kw_only=True)
class House:
    """The processes by name. Callers speak to the gateway, or to one service."""

    folder: DataFolder
    apps: dict[str, FastAPI]
    clients: dict[str, httpx.AsyncClient]

    def caller(
        self, *roles: str, programmes: Sequence[UUID] | None = None, subject: str = "", at: str = GATEWAY
    ) -> Caller:
        """Someone with these roles; without `programmes`, in all of them."""
        name = subject or f"subject-{new_id()}"
        token = mint(
            self.folder,
            subject=name,
            roles=roles,
            programmes=["*"] if programmes is None else list(programmes),
            lifetime=timedelta(hours=1),
            now=datetime.now(UTC),
        )
        return Caller(self.clients[at], token, name)

    def bearer(self, token: str | None, *, at: str = GATEWAY) -> Caller:
        """Someone who shows this, or nothing."""
        return Caller(self.clients[at], token, "")

    def parts(self, service: str) -> Parts:
        """What a service's handlers work with."""
        parts: Parts = self.apps[service].state.parts
        return parts

    async def settled(self) -> None:
        """Return when no event is under way."""
        parts = [self.parts(service) for service in SERVICES]
        await settle(parts[0].connection, [one.db for one in parts])


@asynccontextmanager
async def house(
    stage: Stage, broker: NatsServer, *, clocks: Mapping[str, Clock] = MappingProxyType({}), **auth: Any
) -> AsyncIterator[House]:
    """The processes, some by a clock of their own; `auth` are settings of identity, if not the local issuer's."""
    trust = {"auth_jwks": publish_keys(stage.folder), "auth_issuer": ISSUER, **auth}
    async with AsyncExitStack() as stack:
        apps: dict[str, FastAPI] = {}
        clients: dict[str, httpx.AsyncClient] = {}

        async def begin(name: str, app: FastAPI) -> str:
            apps[name] = app
            url = await stack.enter_async_context(served(app))
            clients[name] = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
            return url

        services = [(name, await _settings_of(stage, broker, name, trust)) for name in SERVICES]
        urls = {
            f"{name}_url": await begin(name, _made(PACKAGES[name], chosen, clock=clocks.get(name)))
            for name, chosen in services
        }
        given = {**trust, **urls, "valkey_url": stage.servers.valkey.url, "limits": UNLIMITED}
        await begin(GATEWAY, _made("gateway", _settings("gateway", broker, given)))
        yield House(folder=stage.folder, apps=apps, clients=clients)


async def _settings_of(stage: Stage, broker: NatsServer, name: str, trust: dict[str, Any]) -> Any:
    package = PACKAGES[name]
    database = await stage.database(name, import_module(f"{package}.app").MIGRATIONS)
    given = {
        **trust,
        "database_url": SecretStr(database),
        "pool_size": 5,
        "valkey_url": stage.servers.valkey.url,
        "gateway_url": "http://gateway.example.org",
        "secret_key": "k" * 32,
        "allowed_networks": LOOPBACK,
    }
    return _settings(package, broker, given)


def _settings(package: str, broker: NatsServer, given: dict[str, Any]) -> Any:
    kind = import_module(f"{package}.settings").Settings
    every = {"nats_url": broker.url_of(package.rpartition(".")[2]), "person_key": PERSON_KEY, **given}
    return kind(**{name: value for name, value in every.items() if name in kind.model_fields})


def _made(package: str, settings: Any, **rest: Any) -> FastAPI:
    create: Callable[..., FastAPI] = import_module(f"{package}.app").create_app
    return create(settings, **rest)
