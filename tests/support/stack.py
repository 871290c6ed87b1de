"""A stack of processes for a test, and people who call it from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx

from deploy.local.folder import DataFolder
from deploy.local.issuer import mint
from deploy.local.stack import Stack, running_stack
from deploy.local.topology import GATEWAY, programs_named
from deploy.local.watch import watched
from libs.clock import SystemClock, new_id
from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.servers import empty_folder


@dataclass(frozen=True, kw_only=True)
class RunningStack:
    """A stack whose dead processes are started again; `said` holds the lines about that."""

    stack: Stack
    client: httpx.AsyncClient
    said: list[str]

    def caller(self, *roles: str, programmes: Sequence[UUID] | None = None, subject: str = "") -> Caller:
        """Someone with these roles; without `programmes`, in all of them."""
        name = subject or f"subject-{new_id()}"
        token = mint(
            self.stack.folder,
            subject=name,
            roles=roles,
            programmes=["*"] if programmes is None else list(programmes),
            lifetime=timedelta(hours=1),
            now=SystemClock().now(),
        )
        return Caller(self.client, token, name)

    def stranger(self) -> Caller:
        """Someone without a token."""
        return Caller(self.client, None, "")

    async def healed(self) -> None:
        """Return when every process is ready again: whoever kills leaves a whole stack to the tests that follow."""

        async def ready() -> bool:
            answers = [await self.client.get(f"{self.stack.url(name)}/readyz") for name in self.stack.processes]
            return all(answer.status_code == httpx.codes.OK for answer in answers)

        await eventually(ready, seconds=90)


@asynccontextmanager
async def stack_of(
    *names: str, path: Path | None = None, environment: Mapping[str, str] | None = None
) -> AsyncIterator[RunningStack]:
    """The processes of these names (all of them for none) on the data folder at `path`, or on an empty one.

    Callers speak to the gateway, or to the first process when there is no gateway. To start again on the same data,
    `path` has to be an empty_folder().
    """
    async with AsyncExitStack() as resources:
        folder = DataFolder.at(path or resources.enter_context(empty_folder()))
        programs = programs_named(list(names))
        stack = await resources.enter_async_context(
            running_stack(folder, programs=programs, environment=environment or {})
        )
        said: list[str] = []
        await resources.enter_async_context(watched(stack, said.append))
        front = GATEWAY.name if GATEWAY in programs else programs[0].name
        client = await resources.enter_async_context(
            httpx.AsyncClient(base_url=stack.url(front), trust_env=False, timeout=30)
        )
        yield RunningStack(stack=stack, client=client, said=said)
