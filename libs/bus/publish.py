"""Publishing to JetStream: one message, or up to 500 as one atomic batch (NATS ADR-50), acknowledged after fsync."""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence

from libs.bus.connection import UNAVAILABLE, Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.storage.outbox import Message

BATCH_LIMIT = 500
BATCH_BYTES = 4 * 1024 * 1024
DUPLICATE_IN_BATCH = 10201
Waiting = tuple[Sequence[Message], asyncio.Future[None]]


class Publisher:
    """Publishes with a bound on what is under way, so that a slow broker slows the callers and not the memory."""

    def __init__(self, connection: Connection, *, in_flight: int = 64) -> None:
        """Publish through `connection`, at most `in_flight` messages at once."""
        self._connection = connection
        self._places = asyncio.Semaphore(in_flight)
        self._waiting: deque[Waiting] = deque()
        self._sender: asyncio.Task[None] | None = None

    async def publish(self, message: Message) -> bool:
        """Store one message; returns False when the broker had it already. Raises BusUnavailable, PublishRefused."""
        async with self._places:
            answer = await self._connection.request(
                message.subject, message.payload, headers={"Nats-Msg-Id": message.id}
            )
        return not answer.get("duplicate", False)

    async def publish_batch(self, messages: Sequence[Message]) -> None:
        """Store messages of one stream all or none, falling back to one by one when some are stored already."""
        try:
            await self._publish_atomically(messages)
        except PublishRefused as refusal:
            if refusal.code != DUPLICATE_IN_BATCH:
                raise
            for message in messages:
                await self.publish(message)

    async def publish_together(self, messages: Sequence[Message]) -> None:
        """Store messages of one stream, all or none, in one atomic batch with those of other callers of this moment.

        A group commit: what comes while a batch is under way goes with the next one, so the broker syncs its disk once
        for many callers. Raises BusUnavailable. A caller that is cancelled cannot take back what was sent.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((messages, stored))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_waiting())
        await stored

    async def _send_waiting(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                await self.publish_batch([message for messages, _ in group for message in messages])
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the callers
                await self._fail(group, error)
            else:
                for _, stored in group:
                    _settle(stored, None)

    def _next_group(self) -> list[Waiting]:
        group: list[Waiting] = []
        count = size = 0
        while self._waiting:
            messages, _ = self._waiting[0]
            count, size = count + len(messages), size + sum(len(message.payload) for message in messages)
            if group and (count > BATCH_LIMIT or size > BATCH_BYTES):
                break
            group.append(self._waiting.popleft())
        return group

    async def _fail(self, group: Sequence[Waiting], error: Exception) -> None:
        """Tell the callers; where the broker refused the batch, first try each caller's messages alone."""
        for messages, stored in group:
            failure: Exception | None = error
            if isinstance(error, PublishRefused) and len(group) > 1:
                try:
                    await self.publish_batch(messages)
                    failure = None
                except Exception as own:  # noqa: BLE001 - as above
                    failure = own
            _settle(stored, failure)

    async def _publish_atomically(self, messages: Sequence[Message]) -> None:
        if len(messages) == 1:
            await self.publish(messages[0])
            return
        batch = secrets.token_hex(12)
        last = len(messages)
        for number, message in enumerate(messages, start=1):
            headers = {
                "Nats-Msg-Id": message.id,
                "Nats-Batch-Id": batch,
                "Nats-Batch-Sequence": str(number),
            }
            if number == last:
                headers["Nats-Batch-Commit"] = "1"
            if number in {1, last}:
                # the first answers for the batch as such (allowed, not too many open), the last for its storing
                await self._connection.request(message.subject, message.payload, headers=headers)
            else:
                await self._send(message, headers)

    async def _send(self, message: Message, headers: dict[str, str]) -> None:
        try:
            await self._connection.client.publish(message.subject, message.payload, headers=headers)
        except UNAVAILABLE as error:
            raise BusUnavailable(f"cannot send: {error!r}", retry_after=1) from error


def _settle(stored: asyncio.Future[None], failure: Exception | None) -> None:
    """Let a caller go on, unless it has left."""
    if stored.done():
        return
    if failure is None:
        stored.set_result(None)
    else:
        stored.set_exception(failure)


def in_batches(messages: Sequence[Message]) -> list[list[Message]]:
    """Split into runs that may go as one batch each: one stream, at most 500 messages and 4 MiB, order kept."""
    runs: list[list[Message]] = []
    size = 0
    for message in messages:
        fits = bool(runs) and _stream_token(runs[-1][-1]) == _stream_token(message) != "$KV"
        size = size + len(message.payload) if fits else len(message.payload)
        if fits and size <= BATCH_BYTES and len(runs[-1]) < BATCH_LIMIT:
            runs[-1].append(message)
        else:
            runs.append([message])
            size = len(message.payload)
    return runs


def _stream_token(message: Message) -> str:
    return message.subject.split(".", 1)[0]
