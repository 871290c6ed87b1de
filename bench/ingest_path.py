"""What each stage of engagement costs: its own functions one after the other in this process, without a broker."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType

from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.report import Figure
from bench.stages import Stopwatch
from bench.traffic import Item, Traffic, payload
from libs.auth.person_keys import PersonKeys
from libs.bus.delivery import InTransaction, open_message
from libs.clock import SystemClock, new_id
from libs.events.intake import InteractionsAccepted
from libs.storage.database import Database, open_database
from libs.storage.migrate import migrate
from libs.storage.outbox import Message
from libs.telemetry.metrics import Telemetry
from services.engagement.app import INTAKE_BYTES, MIGRATIONS
from services.engagement.intake import service as intake
from services.engagement.interactions import store
from services.engagement.interactions.consumers import on_interactions_accepted, settle_with
from services.engagement.interactions.metrics import InteractionMetrics
from services.engagement.interactions.schemas import read_batch
from services.engagement.interactions.service import apply, judge
from services.engagement.shares.consumers import on_share_published

CLOCK = SystemClock()
PEOPLE = PersonKeys("bench" * 8)
STAGES: Sequence[tuple[ModuleType, str, str]] = (
    (apply, "_judge", "find shares"),
    (store, "add_new", "insert"),
    (store, "meet", "meet replies"),
    (store, "count", "count"),
)


async def stage_costs(url: str, traffic: Traffic, items: Sequence[Item], *, together: int) -> list[Figure]:
    """Return own processor time of each stage, by interaction, on an empty database at `url`."""
    await migrate(url, MIGRATIONS)
    watch = Stopwatch()
    bodies = [payload(items[start : start + together]) for start in range(0, len(items), together)]
    messages = [message for body in bodies for message in _through_the_door(body, traffic, watch)]
    async with open_database(url, service="engagement", clock=CLOCK) as db:
        for share in traffic.shares:
            async with db.transaction() as tx:
                await on_share_published(tx, traffic.published(share))
        with _watched(watch):
            await _apply(db, messages, watch)
    return [
        Figure(name=f"engagement's own cpu, {stage}", value=cpu * 1e6 / len(items), unit="us")
        for stage, cpu in watch.cpu.items()
    ]


def _through_the_door(body: bytes, traffic: Traffic, watch: Stopwatch) -> list[Message]:
    with watch.stage("read"):
        batch = read_batch(body)
    with watch.stage("judge"):
        judged = judge(batch.items, people=PEOPLE, now=CLOCK.now())
    with watch.stage("seal"):
        event = InteractionsAccepted(
            receipt_id=new_id(),
            programme_id=traffic.programme_id,
            door="interactions",
            interactions=tuple(judged.accepted),
        )
        return intake.messages_of(event, now=CLOCK.now())


async def _apply(db: Database, messages: Sequence[Message], watch: Stopwatch) -> None:
    applying = InTransaction(
        db,
        "engagement--intake",
        {InteractionsAccepted: on_interactions_accepted},
        clock=CLOCK,
        settle=settle_with(InteractionMetrics(Telemetry("engagement")), PEOPLE),
    )
    together = max(1, INTAKE_BYTES // max(len(message.payload) for message in messages))
    for start in range(0, len(messages), together):
        with watch.stage("open"):
            taken = [open_message(_received(message)) for message in messages[start : start + together]]
        with watch.stage("tell and commit"):
            await applying(taken)


def _received(message: Message) -> Msg:
    return Msg(_client=Client(), subject=message.subject, data=message.payload)


@contextmanager
def _watched(watch: Stopwatch) -> Iterator[None]:
    with ExitStack() as stack:
        for module, function, stage in STAGES:
            stack.enter_context(watch.around(module, function, stage))
        yield
