"""Sends what is due: claims it, speaks to the endpoint outside any transaction, and keeps what came of it."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from gateway.webhooks.deliveries.domain import Bounds, Parcel, State
from gateway.webhooks.deliveries.domain.signing import signed_headers
from gateway.webhooks.deliveries.domain.turns import Capacity
from gateway.webhooks.deliveries.metrics import DeliveryMetrics
from gateway.webhooks.deliveries.service import sending
from gateway.webhooks.endpoints.answers import Answer, Outcome
from gateway.webhooks.endpoints.sender import Sender
from gateway.webhooks.subscriptions.domain.sealing import Sealer
from libs.cancellation import ended
from libs.clock import Clock
from libs.storage.database import Database
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger

log = logger(__name__)

LOOK_SECONDS = 0.25
OUTAGE_SECONDS = 1.0
DRAIN_SECONDS = 5.0
MARGIN = timedelta(seconds=20)  # of the lease, beyond the time of an attempt: for keeping what came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a dispatcher works with."""

    db: Database
    sender: Sender
    sealer: Sealer
    clock: Clock
    metrics: DeliveryMetrics
    chance: Random


class Dispatcher:
    """One for each process; any number of processes may work on one database."""

    def __init__(self, means: Means, *, capacity: Capacity, bounds: Bounds) -> None:
        """Make as many attempts at once as `capacity` says."""
        self._means = means
        self._capacity = capacity
        self._bounds = bounds
        self._lease = timedelta(seconds=means.sender.total_seconds) + MARGIN
        self._under_way: dict[asyncio.Task[None], Parcel] = {}
        self._wake = asyncio.Event()
        means.metrics.under_way(lambda: len(self._under_way))

    def wake(self) -> None:
        """Look now: something is due, or there is a place again."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; what is under way then goes on until `drain`."""
        while True:
            self._wake.clear()
            try:
                begun = await self._begin()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("dispatch_delayed", error=repr(error))
                await asyncio.sleep(OUTAGE_SECONDS)
                continue
            if not begun:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)

    async def drain(self) -> None:
        """Wait a little for what is under way, and leave the rest to others: its lease ends soon."""
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=DRAIN_SECONDS)
        await ended(list(self._under_way))

    async def _begin(self) -> int:
        parcels = list(self._under_way.values())
        if len(parcels) >= self._capacity.total:
            return 0
        async with self._means.db.transaction() as tx:
            claimed = await sending.claim(
                tx,
                busy=sending.by_webhook(parcels),
                ailing=sending.by_webhook(parcels, failing=True),
                capacity=self._capacity,
                lease=self._lease,
                sealer=self._means.sealer,
                now=self._means.clock.now(),
            )
        for parcel in claimed:
            task = asyncio.create_task(self._deliver(parcel))
            self._under_way[task] = parcel
            task.add_done_callback(self._done)
        return len(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self.wake()

    async def _deliver(self, parcel: Parcel) -> None:
        """Make one attempt and keep it; whatever goes wrong with it holds up no other."""
        try:
            await self._conclude(parcel, await self._attempt(parcel))
        except Exception as error:  # noqa: BLE001 - the lease ends, and the parcel is sent again
            log.warning("attempt_not_kept", delivery_id=str(parcel.id), error=repr(error))

    async def _attempt(self, parcel: Parcel) -> Answer:
        started = time.perf_counter()
        headers = signed_headers(parcel.message_id, parcel.body, parcel.secrets, now=self._means.clock.now())
        try:
            return await self._means.sender.post(parcel.url, headers, parcel.body)
        except Exception:
            log.exception("attempt_broke", delivery_id=str(parcel.id), webhook_id=str(parcel.webhook_id))
            return Answer(outcome=Outcome.FAULT, seconds=time.perf_counter() - started)

    async def _conclude(self, parcel: Parcel, answer: Answer) -> None:
        self._means.metrics.attempted(answer.outcome.value, answer.seconds)
        now = self._means.clock.now()
        async with self._means.db.transaction() as tx:
            concluded = await sending.conclude(
                tx, parcel, answer, bounds=self._bounds, chance=self._means.chance.random(), now=now
            )
        if concluded is None:
            log.info("attempt_superseded", delivery_id=str(parcel.id))
            return
        if concluded.state in {State.DELIVERED, State.FAILED}:
            self._means.metrics.ended(concluded.state.value)
        if concluded.state is State.FAILED:
            log.warning("delivery_failed", delivery_id=str(parcel.id), webhook_id=str(parcel.webhook_id))
        if concluded.disabled is not None:
            self._means.metrics.disabled(concluded.disabled.value)
            log.warning("webhook_disabled", webhook_id=str(parcel.webhook_id), reason=concluded.disabled.value)
