"""Telling events as the relays of other services do."""

import asyncio
from collections.abc import Sequence

from libs.bus.connection import Connection
from libs.bus.errors import BusUnavailable
from libs.bus.publish import Publisher, in_batches
from libs.clock import SystemClock
from libs.events.envelope import Event
from libs.storage.outbox import Message, message_of

CLOCK = SystemClock()


def messages(events: Sequence[Event]) -> list[Message]:
    return [
        message_of(event, key=str(getattr(event, "ambassador_id", "programme")), service="test", now=CLOCK.now())
        for event in events
    ]


async def tell(connection: Connection, told: Sequence[Message]) -> None:
    """Publish again and again, under the same ids, until the broker has all of it."""
    for run in in_batches(told):
        while True:
            try:
                await Publisher(connection).publish_batch(run)
                break
            except BusUnavailable:
                await asyncio.sleep(0.2)
