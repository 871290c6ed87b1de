"""Waiting until nothing is under way: every outbox empty, every consumer caught up."""

import asyncio
from collections.abc import Sequence

from libs.bus.connection import Connection
from libs.bus.errors import PublishRefused
from libs.bus.partitions import is_of
from libs.bus.streams import consumers_in, left_of, stream_name
from libs.events.topology import SUBSCRIPTIONS, Subscription
from libs.storage.database import Database


async def settle(
    connection: Connection,
    databases: Sequence[Database],
    *,
    subscriptions: Sequence[Subscription] = SUBSCRIPTIONS,
    seconds: float = 30.0,
    pause: float = 0.03,
) -> None:
    """Return when outboxes and consumers have been quiet twice in a row, looking every `pause` seconds.

    Raises TimeoutError.
    """
    async with asyncio.timeout(seconds):
        quiet = await _is_quiet(connection, databases, subscriptions)
        while True:
            await asyncio.sleep(pause)
            before, quiet = quiet, await _is_quiet(connection, databases, subscriptions)
            if before and quiet:
                return


async def _is_quiet(
    connection: Connection, databases: Sequence[Database], subscriptions: Sequence[Subscription]
) -> bool:
    for db in databases:
        if await db.has_messages():
            return False
    for stream in dict.fromkeys(stream_name(subscription) for subscription in subscriptions):
        try:
            infos = await consumers_in(connection, stream)
        except PublishRefused:  # no such stream: nobody speaks in this test
            continue
        if any(left_of(info) and any(is_of(one, info["name"]) for one in subscriptions) for info in infos):
            return False
    return True
