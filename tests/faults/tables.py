"""Counts that come as a CSV file: uploaded in the storm, applied by a worker that dies, finished all the same."""

import asyncio
import csv
import json
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx

from bench.traffic import Traffic
from tests.faults.book import Book
from tests.faults.counts import Count
from tests.faults.doors import Door, until_answered

INVALID = 0.02
HEADER = "share_id,read_at,mentions\n"
FIRST_ROW = 1  # below the header
LOOK_SECONDS = 0.5


def rows_of(traffic: Traffic, book: Book, chance: random.Random) -> list[Count]:
    """One count for each share, known or not; a few are no numbers."""
    found = []
    for number, share in enumerate((*traffic.shares, *traffic.guests)):
        invalid = share in traffic.shares and chance.random() < INVALID
        body = {
            "share_id": str(share.share_id),
            "kind": "mention",
            "read_at": (traffic.now - timedelta(days=1, minutes=number)).isoformat(),
            "provenance": "imported",
            "count": "many" if invalid else number,
        }
        found.append(Count(body, "invalid" if invalid else "new"))
        book.plan(found[-1], "unknown-share" if share in traffic.guests else "counted")
    return found


def as_table(rows: Sequence[Count]) -> bytes:
    lines = (f"{row.body['share_id']},{row.body['read_at']},{row.body['count']}\n" for row in rows)
    return (HEADER + "".join(lines)).encode()


async def upload(
    client: httpx.AsyncClient, programme_id: object, token: Mapping[str, str], rows: Sequence[Count], book: Book
) -> None:
    """Send a file until it is taken, wait until it is applied, and note which rows were rejected and why."""
    path = f"/programmes/{programme_id}/imports?dry_run=false&provenance=imported"
    door = Door(path=path, headers=lambda _: {**token, "content-type": "text/csv"}, body=lambda _: b"")
    taken = await until_answered(client, door, as_table(rows), random.Random(0))
    await _applied(client, taken["import_id"], token)
    rejected = await _text(client, f"/imports/{taken['import_id']}/rejected", token)
    table = list(csv.reader(StringIO(rejected.removeprefix("\ufeff"), newline="")))
    refused = [{"index": int(row[0]) - FIRST_ROW, "errors": [{"field": "row", "reason": row[1]}]} for row in table[1:]]
    book.answered(list(rows), {"rejected": refused})


async def _applied(client: httpx.AsyncClient, import_id: str, token: Mapping[str, str]) -> None:
    state = ""
    while state != "applied":
        found: dict[str, Any] = json.loads(await _text(client, f"/imports/{import_id}", token))
        state = found["state"]
        assert state not in {"failed", "cancelled"}, found
        await asyncio.sleep(LOOK_SECONDS)


async def _text(client: httpx.AsyncClient, path: str, token: Mapping[str, str]) -> str:
    """Ask until there is an answer."""
    while True:
        try:
            answer = await client.get(path, headers=dict(token))
            if answer.status_code == httpx.codes.OK:
                return answer.text
        except httpx.TransportError:
            pass
        await asyncio.sleep(LOOK_SECONDS)
