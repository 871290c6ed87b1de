"""A programme with a manager, an endpoint, and what the other services tell of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.envelope import Envelope, Event, seal
from libs.events.sharing import SharePublished
from tests.integration.webhooks.receiver import Receiver
from tests.support.answers import done
from tests.support.builders import Programme
from tests.support.clock import MovedClock
from tests.support.eventually import eventually
from tests.support.harness import Caller, Running

SHARE = SharePublished.type


@dataclass(kw_only=True)
class Scene:
    """What a test of webhooks needs."""

    running: Running
    receiver: Receiver
    clock: MovedClock
    programme: Programme = field(default_factory=Programme)
    paths: int = 0

    @property
    def manager(self) -> Caller:
        return self.running.caller("manager", programmes=[self.programme.id], subject="manager")

    def path(self) -> str:
        """A path of the endpoint that no other webhook has."""
        self.paths += 1
        return f"/{self.programme.id}/{self.paths}"

    def body(self, path: str, *, types: list[str] | None = None, **more: Any) -> dict[str, Any]:
        return {"url": f"{self.receiver.url}{path}", "event_types": types or [SHARE], **more}

    async def webhook(self, path: str, *, types: list[str] | None = None, **more: Any) -> dict[str, Any]:
        """A new webhook that posts to a path."""
        body = self.body(path, types=types, **more)
        return done(await self.manager.post(f"/programmes/{self.programme.id}/webhooks", body), 201)

    async def tell(self, event: Event | None = None, *, id_: UUID | None = None) -> Envelope:
        """Publish an event as its service would; a share without one."""
        envelope = seal(
            event or self.programme.share(new_id()),
            id=str(id_ or new_id()),
            source="sharing",
            key=str(self.programme.id),
            time=self.clock.now(),
            correlation_id="test-request",
        )
        await self.running.publish(envelope)
        return envelope

    async def get(self, webhook: dict[str, Any], rest: str = "") -> dict[str, Any]:
        return done(await self.manager.get(f"/webhooks/{webhook['id']}{rest}"), 200)

    async def do(self, webhook: dict[str, Any], action: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        return done(await self.manager.post(f"/webhooks/{webhook['id']}:{action}", body), status)

    async def log(self, webhook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        """The newest deliveries of a webhook."""
        answer = await self.manager.get(f"/webhooks/{webhook['id']}/deliveries", params=query)
        items: list[dict[str, Any]] = done(answer, 200)["items"]
        return items

    async def delivery(
        self, webhook: dict[str, Any], check: Callable[[dict[str, Any]], bool], *, seconds: float = 30
    ) -> dict[str, Any]:
        """The newest delivery of a webhook, as soon as something holds for it."""

        async def found() -> dict[str, Any] | None:
            (newest, *_) = await self.log(webhook)
            return newest if check(newest) else None

        answer = await eventually(found, seconds=seconds)
        assert answer is not None
        return answer

    async def attempted(self, webhook: dict[str, Any], count: int) -> dict[str, Any]:
        """The newest delivery, once so many attempts are in its log."""
        return await self.delivery(webhook, lambda one: len(one["attempts"]) >= count)

    def later(self, pause: timedelta) -> None:
        """Let time pass, and the longest jitter of it."""
        self.clock.forward(seconds=pause.total_seconds() * 1.11)
