"""Clicks, which no door takes: sharing tells of them, with its verdict on each, now and then twice."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from bench.traffic import Item, Traffic
from libs.bus.connection import Connection
from libs.events.sharing import Click, ClicksRecorded
from tests.faults.book import Book
from tests.faults.places import somewhere
from tests.faults.telling import messages, tell

SOURCE = "links"
REJECTED = 0.1
AT_ONCE = (1, 5, 30, 200)


def clicks_of(traffic: Traffic, book: Book, chance: random.Random, count: int) -> list[ClicksRecorded]:
    """Clicks in events of different sizes; what is rejected is told and must not count."""
    clicks = list(_clicks(traffic, book, chance, count))
    found = []
    while clicks:
        size = chance.choice(AT_ONCE)
        found.append(ClicksRecorded(programme_id=traffic.programme_id, clicks=tuple(clicks[:size])))
        del clicks[:size]
    return found


def _clicks(traffic: Traffic, book: Book, chance: random.Random, count: int) -> Iterator[Click]:
    for number in range(count):
        share, expected = somewhere(traffic.shares, traffic.guests, chance)
        click = Click(
            click_id=UUID(int=chance.getrandbits(128), version=4),
            share_id=share.share_id,
            ambassador_id=share.ambassador_id,
            visitor=f"{number % 997:032x}",
            occurred_at=traffic.now - timedelta(minutes=number % 600),
            verdict="crawler" if chance.random() < REJECTED else "valid",
        )
        if click.verdict == "valid":
            item = Item({"external_id": str(click.click_id), "kind": "click"}, "new")
            book.plan(item, expected)
            book.accepted.add(item.key)  # the broker has what sharing tells
        yield click


async def tell_clicks(
    connection: Connection, events: Sequence[ClicksRecorded], *, chance: random.Random, seconds: float
) -> None:
    """Tell events over so many seconds; some again, as another message."""
    for event in events:
        await tell(connection, messages([event]))
        if chance.random() < 0.1:
            await tell(connection, messages([event]))
        await asyncio.sleep(seconds / len(events) * chance.uniform(0, 1.5))
