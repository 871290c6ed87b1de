"""Writes links into Valkey as sharing does, and hears what the gateway tells of visits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from nats.js.client import JetStreamContext

from libs.bus.connection import Connection
from libs.events.envelope import Envelope
from libs.events.gateway import Visit, VisitsSeen
from libs.storage.valkey import Valkey
from tests.support.eventually import eventually

READY = "link:{links}:ready"
TARGET = "https://www.lumen.example/workshop?utm_source=linkedin"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """A code of the form that the gateway knows, another one each time."""
    number, code = uuid4().int, ""
    while len(code) < 10:
        number, place = divmod(number, len(ALPHABET))
        code += ALPHABET[place]
    return code


@dataclass
class TrackedLink:
    """A link as Valkey shows it."""

    valkey: Valkey
    id: UUID = field(default_factory=uuid4)
    code: str = field(default_factory=new_code)

    @property
    def path(self) -> str:
        return f"/l/{self.code}"

    async def write(self, target: bytes | str = TARGET) -> "TrackedLink":
        url = target.encode() if isinstance(target, str) else target
        await self.valkey.set(f"link:{{links}}:{self.code}", (1).to_bytes(4, "big") + self.id.bytes + url)
        await self.valkey.set(READY, "1")
        return self


class Heard:
    """What the gateway has told since this listener began."""

    def __init__(self, subscription: JetStreamContext.PushSubscription) -> None:
        self._subscription = subscription
        self.raw: list[bytes] = []
        self.events: list[VisitsSeen] = []

    async def visits(self, *links: TrackedLink, count: int) -> list[Visit]:
        """The visits of some links, once there are so many, in the order in which they were seen."""
        ids = {link.id for link in links}

        async def there() -> Sequence[Visit]:
            await self._read()
            found = [visit for event in self.events for visit in event.visits if visit.link_id in ids]
            return found if len(found) >= count else []

        found = list(await eventually(there))
        assert len(found) == count
        return sorted(found, key=lambda visit: visit.visit_id)

    async def _read(self) -> None:
        while self._subscription.pending_msgs:
            message = await self._subscription.next_msg(timeout=1)
            self.raw.append(message.data)
            envelope = Envelope.model_validate_json(message.data)
            self.events.append(VisitsSeen.model_validate(envelope.data))


@asynccontextmanager
async def hearing(connection: Connection) -> AsyncIterator[Heard]:
    """Hear all that is told of visits."""
    subject = f"{VisitsSeen.type}.*"
    subscription = await connection.client.jetstream().subscribe(subject, ordered_consumer=True)
    try:
        yield Heard(subscription)
    finally:
        await subscription.unsubscribe()
