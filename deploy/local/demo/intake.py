"""Owns sending what comes back: counts as one CSV file per team, named people in batches; then waiting for receipts."""

import asyncio
import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any
from uuid import UUID

from deploy.local.demo.api import Api, RefusedError
from deploy.local.demo.chance import chance
from deploy.local.demo.engagement import PlannedCounts, PlannedInteraction
from deploy.local.demo.people import TEAMS

BATCH = 500
COLUMNS = ("share_id", "read_at", "reactions", "comments", "reshares")
ROUNDS = 60


def tables(counts: Sequence[PlannedCounts], ids: Mapping[str, UUID]) -> list[bytes]:
    """Return one CSV file for each team."""
    return [_table([row for row in counts if row.share.author.team == team], ids) for team in TEAMS]


def batches(
    interactions: Sequence[PlannedInteraction], ids: Mapping[str, UUID], *, order_seed: int
) -> list[list[dict[str, Any]]]:
    """Return the interactions in bodies of up to 500; an `order_seed` other than 0 shuffles them first."""
    bodies = [{"share_id": str(ids[one.share.key]), **one.body} for one in interactions]
    if order_seed:
        chance(order_seed, "order").shuffle(bodies)
    return [bodies[start : start + BATCH] for start in range(0, len(bodies), BATCH)]


async def import_tables(api: Api, programme_id: UUID, files: Iterable[bytes]) -> list[UUID]:
    """Send the files and return their receipts once they are applied. Raises RefusedError when a row is refused."""
    return await asyncio.gather(*(_import(api, programme_id, file) for file in files))


async def send_batches(
    api: Api, programme_id: UUID, bodies: Iterable[list[dict[str, Any]]], *, done: Callable[[int], None]
) -> list[UUID]:
    """Send the batches; returns their receipts. Calls `done` with the size of each. Raises RefusedError."""

    async def send(batch: list[dict[str, Any]]) -> list[UUID]:
        receipts = await _send(api, programme_id, batch)
        done(len(batch))
        return receipts

    return [receipt for sent in await asyncio.gather(*map(send, bodies)) for receipt in sent]


async def wait_applied(api: Api, receipts: Iterable[UUID]) -> None:
    """Return when all that was accepted has been applied.

    Raises RefusedError when that takes over a minute, or when something could not be used.
    """
    waiting = set(receipts)
    for _ in range(ROUNDS * 10):
        answers = await asyncio.gather(*(api.get(f"/receipts/{receipt}") for receipt in waiting))
        if unusable := [one for answer in answers for one in answer["first_quarantined"]]:
            raise RefusedError(f"interactions were quarantined: {unusable[:3]}")
        waiting = {UUID(answer["receipt_id"]) for answer in answers if answer["status"] == "pending"}
        if not waiting:
            return
        await asyncio.sleep(0.1)
    raise RefusedError(f"{len(waiting)} receipts are still pending, one of them {min(waiting)}")


def _table(rows: Iterable[PlannedCounts], ids: Mapping[str, UUID]) -> bytes:
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        drawn = row.drawn
        cells = (drawn.reactions, drawn.comments, drawn.reshares)
        writer.writerow((ids[row.share.key], row.read_at.isoformat(), *cells))
    return file.getvalue().encode()


async def _import(api: Api, programme_id: UUID, file: bytes) -> UUID:
    query, headers = {"programme_id": str(programme_id), "dry_run": "false"}, {"Content-Type": "text/csv"}
    answer = (await api.call("POST", "/imports", query=query, content=file, headers=headers)).json()
    for _ in range(ROUNDS * 10):
        if answer["check"]["refusals"] or answer["state"] not in {"uploaded", "applying", "applied"}:
            raise RefusedError(f"rows were refused: {answer['check']['refusals'][:3]}; it is {answer['state']}")
        if answer["state"] == "applied":
            return UUID(answer["import_id"])
        await asyncio.sleep(0.1)
        answer = await api.get(f"/imports/{answer['import_id']}")
    raise RefusedError(f"the import {answer['import_id']} is still {answer['state']}")


async def _send(api: Api, programme_id: UUID, batch: list[dict[str, Any]]) -> list[UUID]:
    """Send a batch. Raises RefusedError when an item is refused."""
    query, body = {"programme_id": str(programme_id)}, {"interactions": batch}
    answer = (await api.call("POST", "/interactions", query=query, json=body)).json()
    if answer["refused"]:
        raise RefusedError(f"interactions were refused: {answer['rejected'][:3]}")
    return [UUID(answer["receipt_id"])]
