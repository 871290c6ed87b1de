"""Changing how many durable consumers share a subscription: nothing is lost, and all processes agree.

The plan stands in the bucket `partitions` and is replaced by compare and set, so that of several processes that start
at once one decides. What a plan says can be carried out by anybody, any number of times: its consumers all begin at the
plan's own sequence. The process that started last decides how many there are; the others follow when their consumers
are gone. What is delivered twice by a change is stopped by the inbox, whose name does not depend on the plan.
"""

import asyncio
import base64
import json
from typing import Any

from libs.bus.connection import Connection
from libs.bus.errors import PublishRefused
from libs.bus.partitions import UNPLANNED, Plan, durable_name, durable_names, filter_subjects
from libs.bus.streams import consumers_of, delete_consumer, make_consumer, stream_name
from libs.events.topology import PLANS, Subscription
from libs.telemetry.logs import logger

log = logger(__name__)

NO_MESSAGE = 10037
WRONG_LAST_SEQUENCE = 10071
CANNOT_UPDATE = 10012


class Plans:
    """The plan of one subscription. `plan` is the one that this process works by, once it was brought or followed."""

    def __init__(self, connection: Connection, subscription: Subscription) -> None:
        """Read and change the plan of `subscription`."""
        self._connection = connection
        self._subscription = subscription
        self._stream = stream_name(subscription)
        self._key = f"$KV.{PLANS}.{subscription.name}"
        self.plan = UNPLANNED

    async def bring(self, partitions: int) -> Plan:
        """Make `partitions` the number of consumers, then work by what holds. Raises BusUnavailable, PublishRefused."""
        while True:
            state = await self._connection.api(f"STREAM.INFO.{self._stream}")
            held = await self.current()
            same_stream = held.stream_made in {"", state["created"]}
            if held.partitions == partitions and same_stream:
                break
            start = await self._first_open(held, state["state"]["last_seq"]) if same_stream else 0
            if await self._replace(held, partitions=partitions, start=start, stream_made=state["created"]):
                break
        return await self.follow()

    async def follow(self) -> Plan:
        """Carry out what is planned and work by it. Raises BusUnavailable, PublishRefused."""
        while True:
            plan = await self.current()
            await self._carry_out(plan)
            if plan == await self.current():
                self.plan = plan
                return plan

    async def current(self) -> Plan:
        """Return what is planned."""
        try:
            found = await self._connection.api(f"STREAM.MSG.GET.KV_{PLANS}", {"last_by_subj": self._key})
        except PublishRefused as refusal:
            if refusal.code != NO_MESSAGE:
                raise
            return UNPLANNED
        message = found["message"]
        return Plan(revision=message["seq"], **json.loads(base64.b64decode(message["data"])))

    async def still_holds(self, plan: Plan) -> bool:
        """Whether a plan is still the one to work by; notes it when not."""
        current = await self.current()
        if current != plan:
            self.plan = current
        return current == plan

    async def make(self, plan: Plan, index: int) -> None:
        """Make one consumer of a plan; one of that name from an earlier plan is replaced."""
        name = durable_name(self._subscription, plan.partitions, index)
        subjects = filter_subjects(self._subscription, plan.partitions, index)
        try:
            await make_consumer(self._connection, self._stream, name, subjects, start=plan.start)
        except PublishRefused as refusal:
            if refusal.code != CANNOT_UPDATE:
                raise
            await delete_consumer(self._connection, self._stream, name)
            await make_consumer(self._connection, self._stream, name, subjects, start=plan.start)

    async def _carry_out(self, plan: Plan) -> None:
        for index in range(plan.partitions):
            await self.make(plan, index)
        names = durable_names(self._subscription, plan.partitions)
        for info in await consumers_of(self._connection, self._subscription):
            if info["name"] not in names:
                await delete_consumer(self._connection, self._stream, info["name"])

    async def _replace(self, held: Plan, *, partitions: int, start: int, stream_made: str) -> bool:
        """Write the next plan; false when somebody else has."""
        plan = {"partitions": partitions, "start": start, "stream_made": stream_made}
        expected = {"Nats-Expected-Last-Subject-Sequence": str(held.revision)}
        try:
            await self._connection.request(self._key, json.dumps(plan).encode(), headers=expected)
        except PublishRefused as refusal:
            if refusal.code != WRONG_LAST_SEQUENCE:
                raise
            return False
        log.info("partitions_changed", consumer=self._subscription.name, before=held.partitions, **plan)
        return True

    async def _first_open(self, plan: Plan, last: int) -> int:
        """Return the sequence before which all that this subscription hears was acknowledged.

        `last` was the stream's last sequence before this was called.
        """
        infos = {info["name"]: info for info in await consumers_of(self._connection, self._subscription)}
        opened = [
            self._first_open_of(plan, index, infos.get(durable_name(self._subscription, plan.partitions, index)), last)
            for index in range(plan.partitions)
        ]
        return min(await asyncio.gather(*opened))

    async def _first_open_of(self, plan: Plan, index: int, info: dict[str, Any] | None, last: int) -> int:
        """Return it for one consumer: the first message of its own after its floor, which may lie far back."""
        if info is None:
            return plan.start
        floor = max(int(info["ack_floor"]["stream_seq"]), plan.start - 1)
        subjects = filter_subjects(self._subscription, plan.partitions, index)
        return min([await self._next(subject, after=floor, otherwise=last + 1) for subject in subjects])

    async def _next(self, subject: str, *, after: int, otherwise: int) -> int:
        wanted = {"seq": after + 1, "next_by_subj": subject}
        try:
            found = await self._connection.api(f"STREAM.MSG.GET.{self._stream}", wanted)
        except PublishRefused as refusal:
            if refusal.code != NO_MESSAGE:
                raise
            return otherwise
        return int(found["message"]["seq"])
