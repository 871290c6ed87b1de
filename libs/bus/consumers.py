"""The workers of a subscription that is split, one for each durable consumer, also when their number changes."""

import asyncio
from collections.abc import Sequence

from libs.bus.connection import Connection
from libs.bus.consumer import BATCH, Consumer
from libs.bus.delivery import Apply
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.metrics import BusMetrics
from libs.bus.partitions import Plan, durable_name
from libs.bus.plans import Plans
from libs.cancellation import ended
from libs.events.topology import Subscription
from libs.telemetry.logs import logger

log = logger(__name__)

PATIENCE_SECONDS = 0.3  # shorter than that of `running`, which cancels us again


class Part:
    """One durable consumer of a plan."""

    def __init__(self, plans: Plans, plan: Plan, index: int, *, name: str) -> None:
        """Take the part `index` of `plan`."""
        self.name = name
        self._plans = plans
        self._plan = plan
        self._index = index

    async def make(self) -> bool:
        """Make it when it is missing, unless there is another plan by now."""
        if not await self._plans.still_holds(self._plan):
            return False
        await self._plans.make(self._plan, self._index)
        return True

    @property
    def wanted(self) -> bool:
        """Whether this process still works by the plan."""
        return self._plans.plan == self._plan


class Consumers:
    """One worker for each partition. Order is kept within a partition while one process has all its messages."""

    def __init__(
        self,
        connection: Connection,
        subscription: Subscription,
        apply: Apply,
        metrics: BusMetrics,
        *,
        partitions: int,
        batch: int = BATCH,
        most_bytes: int | None = None,
    ) -> None:
        """Bring the number of durable consumers to `partitions` and feed each one's messages to `apply`."""
        self._connection = connection
        self._subscription = subscription
        self._apply = apply
        self._metrics = metrics
        self._partitions = partitions
        self._batch = batch
        self._most_bytes = most_bytes
        self._plans = Plans(connection, subscription)

    async def run(self) -> None:
        """Work until cancelled; when another process changes the number, go on with that."""
        plan = await self._plans.bring(self._partitions)
        while True:
            try:
                await _all_of([self._worker(plan, index) for index in range(plan.partitions)])
            except (BusUnavailable, PublishRefused) as error:
                log.warning("partitions_not_followed", consumer=self._subscription.name, error=repr(error))
            plan = await self._followed()
            log.info("partitions_followed", consumer=self._subscription.name, partitions=plan.partitions)

    def _worker(self, plan: Plan, index: int) -> Consumer:
        name = durable_name(self._subscription, plan.partitions, index)
        return Consumer(
            self._connection,
            self._subscription,
            self._apply,
            self._metrics,
            batch=self._batch,
            most_bytes=self._most_bytes,
            durable=Part(self._plans, plan, index, name=name),
        )

    async def _followed(self) -> Plan:
        while True:
            try:
                return await self._plans.follow()
            except (BusUnavailable, PublishRefused) as error:
                log.warning("partitions_not_followed", consumer=self._subscription.name, error=repr(error))
                await asyncio.sleep(1)


async def _all_of(workers: Sequence[Consumer]) -> None:
    """Run workers until all have ended; when one fails, end the others and raise what it raised."""
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await ended(tasks, patience=PATIENCE_SECONDS)
    for task in done:
        task.result()
