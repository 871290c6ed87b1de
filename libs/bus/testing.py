"""Waiting until nothing is under way: every outbox empty, every consumer caught up."""

import asyncio
from collections.abc import Sequence

from libs.bus.connection import Connection
from libs.bus.errors import PublishRefused
from libs.bus.streams import waiting
from libs.events.topology import SUBSCRIPTIONS, Subscription
from libs.storage.database import Database
from libs.storage.outbox import oldest_messages


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
    quiet = 0
    async with asyncio.timeout(seconds):
        while quiet < 2:
            quiet = quiet + 1 if await _is_quiet(connection, databases, subscriptions) else 0
            await asyncio.sleep(pause)


async def _is_quiet(
    connection: Connection, databases: Sequence[Database], subscriptions: Sequence[Subscription]
) -> bool:
    for db in databases:
        async with db.transaction() as tx:
            if await oldest_messages(tx.session, 1):
                return False
    for subscription in subscriptions:
        try:
            if await waiting(connection, subscription):
                return False
        except PublishRefused:  # no such consumer: nobody listens in this test
            continue
    return True
