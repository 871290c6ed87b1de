"""Publishing to JetStream: one message, or up to 500 as one atomic batch (NATS ADR-50), acknowledged after fsync."""

import asyncio
import secrets
from collections.abc import Sequence

from libs.bus.connection import UNAVAILABLE, Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.storage.outbox import Message

BATCH_LIMIT = 500
BATCH_BYTES = 4 * 1024 * 1024
DUPLICATE_IN_BATCH = 10201


class Publisher:
    """Publishes with a bound on what is under way, so that a slow broker slows the callers and not the memory."""

    def __init__(self, connection: Connection, *, in_flight: int = 64) -> None:
        """Publish through `connection`, at most `in_flight` messages at once."""
        self._connection = connection
        self._places = asyncio.Semaphore(in_flight)

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
