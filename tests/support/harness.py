"""Runs one service inside the test's process, on real servers, with a database cloned from its migrated template."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from deploy.local.folder import DataFolder
from deploy.local.issuer import ISSUER, mint, publish_keys
from libs.bus.testing import settle
from libs.clock import Clock, new_id
from libs.events.envelope import Envelope, Event, partition_of, seal, subject_of
from libs.events.topology import EVENTS, stream_of
from libs.process.parts import Parts
from libs.process.settings import ServiceSettings
from libs.storage.migrate import migrate
from libs.storage.outbox import Message
from tests.support.servers import Servers

PERSON_KEY = "test-person-key-" + "0" * 32
CLONES = count()


class Caller:
    """A person or a machine with a token, who calls one application."""

    def __init__(self, client: httpx.AsyncClient, token: str | None, subject: str) -> None:
        self.client = client
        self.subject = subject
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def call(self, method: str, path: str, **rest: Any) -> httpx.Response:
        headers = {**self.headers, **rest.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **rest)

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        return await self.call("GET", path, **rest)

    async def post(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        return await self.call("POST", path, **(rest if json is None else {**rest, "json": json}))

    async def put(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        return await self.call("PUT", path, json=json, **rest)

    async def delete(self, path: str, **rest: Any) -> httpx.Response:
        return await self.call("DELETE", path, **rest)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that runs in this process."""

    name: str
    app: FastAPI
    client: httpx.AsyncClient
    folder: DataFolder
    parts: Parts

    def caller(self, *roles: str, programmes: Sequence[UUID] | None = None, subject: str = "") -> Caller:
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
        return Caller(self.client, token, name)

    def stranger(self) -> Caller:
        """Someone without a token."""
        return Caller(self.client, None, "")

    async def hear(self, *events: Event, key: str = "test", source: str = "test") -> None:
        """Publish events as the other services would; each call is told in order."""
        for event in events:
            envelope = seal(
                event, id=str(new_id()), source=source, key=key, time=datetime.now(UTC), correlation_id="test-request"
            )
            await self.publish(envelope)

    async def publish(self, envelope: Envelope) -> None:
        """Publish a sealed event, perhaps again."""
        subject = subject_of(envelope.type, partition_of(envelope.partitionkey))
        await self.parts.connection.request(subject, envelope.to_bytes())

    async def settled(self) -> None:
        """Return when nothing is under way."""
        await settle(self.parts.connection, [self.parts.db])

    async def told(self, kind: type[Event]) -> list[Any]:
        """All events of a type that have reached the broker, oldest first."""
        return [EVENTS[e.type].model_validate(e.data) for e in await self.envelopes(kind)]

    async def envelopes(self, kind: type[Event]) -> list[Envelope]:
        """The same, with their envelopes."""
        await self.settled()
        subject = f"{kind.type}.*"
        info = await self.parts.connection.api(f"STREAM.INFO.{stream_of(subject)}", {"subjects_filter": subject})
        listener = await self.parts.connection.client.jetstream().subscribe(subject, ordered_consumer=True)
        stored = sum((info["state"].get("subjects") or {}).values())
        found = [await listener.next_msg(timeout=5) for _ in range(stored)]
        await listener.unsubscribe()
        return [Envelope.model_validate_json(message.data) for message in found]

    async def dead(self) -> int:
        """How many messages nobody could handle."""
        info = await self.parts.connection.api("STREAM.INFO.DEAD")
        return int(info["state"]["messages"])

    async def rows(self, query: str, **parameters: Any) -> list[Any]:
        """What a query finds in the service's database."""
        async with self.parts.db.transaction() as tx:
            return list((await tx.run(text(query), parameters)).mappings())

    async def send(self, message: Message) -> None:
        """Publish raw bytes."""
        await self.parts.connection.request(message.subject, message.payload)


@dataclass
class Stage:
    """The servers that services are started on, and the templates of their databases."""

    servers: Servers
    folder: DataFolder
    templates: set[str] = field(default_factory=set)

    async def database(self, service: str, migrations: Path) -> str:
        """A new database with the service's schema."""
        postgres = self.servers.postgres
        template = f"template_{service}"
        if template not in self.templates:
            await migrate(await postgres.create_service_database(template), migrations)
            self.templates.add(template)
        return await postgres.clone_database(template, f"{service}_{next(CLONES)}")

    def settings(self, kind: type[ServiceSettings], *, database: str, nats: str, **more: Any) -> Any:
        """Settings of a service on these servers."""
        return kind(
            database_url=SecretStr(database),
            nats_url=SecretStr(nats),
            auth_jwks=publish_keys(self.folder),
            auth_issuer=ISSUER,
            person_key=SecretStr(PERSON_KEY),
            pool_size=5,
            **more,
        )

    @asynccontextmanager
    async def running(
        self,
        name: str,
        create_app: Callable[..., FastAPI],
        settings: ServiceSettings,
        *,
        clock: Clock | None = None,
    ) -> AsyncIterator[Running]:
        """The service, with its consumers and its relay."""
        app = create_app(settings, clock=clock)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
            yield Running(name=name, app=app, client=client, folder=self.folder, parts=app.state.parts)
