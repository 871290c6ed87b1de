"""Senders: each puts items through one door and sends a request again until the door has answered it."""

import asyncio
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bench.traffic import Item
from tests.faults.book import Book

AGAIN = {429, 502, 503, 504}
NOTHING_ACCEPTED = "urn:timbre:problem:nothing-accepted"
MOST_PAUSE = 1.0


@dataclass(frozen=True, kw_only=True)
class Door:
    """How a door is called: `body` makes the bytes of a request from items, `headers` what goes with these bytes."""

    path: str
    headers: Callable[[bytes], Mapping[str, str]]
    body: Callable[[Sequence[Item]], bytes]


def as_list(items: Sequence[Item]) -> bytes:
    return json.dumps([item.body for item in items]).encode()


def as_lines(items: Sequence[Item]) -> bytes:
    return b"".join(json.dumps(item.body).encode() + b"\n" for item in items)


async def until_answered(client: httpx.AsyncClient, door: Door, body: bytes, chance: random.Random) -> dict[str, Any]:
    """Send a request until the door answers for good, whatever dies in between; returns the answer."""
    while True:
        try:
            answer = await client.post(door.path, content=body, headers=door.headers(body))
        except httpx.TransportError:  # the outcome is unknown: it may have been kept
            await asyncio.sleep(chance.uniform(0, MOST_PAUSE))
            continue
        if answer.status_code == 422 and answer.json()["type"] == NOTHING_ACCEPTED:
            return _all_refused(answer.json()["errors"])
        if answer.status_code == 200:  # a network only wants to know that we have it
            return {"rejected": []}
        if answer.status_code not in AGAIN:
            assert answer.status_code == 202, f"{door.path}: {answer.status_code} {answer.text[:500]}"
            return dict(answer.json())
        await asyncio.sleep(chance.uniform(0, MOST_PAUSE))


async def send(
    client: httpx.AsyncClient, door: Door, items: Sequence[Item], book: Book, *, chance: random.Random, seconds: float
) -> None:
    """Put items through a door in requests of different sizes, spread over so many seconds; some requests twice."""
    requests = _requests(items, chance)
    for mine in requests:
        body = door.body(mine)
        book.answered(mine, await until_answered(client, door, body, chance))
        if chance.random() < 0.1:
            book.answered(mine, await until_answered(client, door, body, chance))
        await asyncio.sleep(seconds / len(requests) * chance.uniform(0, 1.5))


def _all_refused(errors: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Shape the problem of a request of which nothing is valid (`interactions[0].kind`) as any other answer."""
    rejected: dict[int, list[dict[str, str]]] = {}
    for error in errors:
        _, place, field = re.split(r"[\[\]]", error["field"], maxsplit=2)
        rejected.setdefault(int(place), []).append({"field": field.lstrip("."), "reason": error["reason"]})
    return {"accepted": 0, "rejected": [{"index": place, "errors": why} for place, why in rejected.items()]}


def _requests(items: Sequence[Item], chance: random.Random) -> list[list[Item]]:
    found: list[list[Item]] = []
    start = 0
    while start < len(items):
        size = min(chance.choice((1, 3, 10, 30, 100, 1000)), 1 + len(items) // 15)
        found.append(list(items[start : start + size]))
        start += size
    return found
