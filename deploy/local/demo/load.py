"""Owns loading the demonstration programme through the public API alone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local.demo.api import PATIENCE_SECONDS, Api, RefusedError, api_of
from deploy.local.demo.engagement import engagement
from deploy.local.demo.intake import batches, import_tables, send_batches, tables, wait_applied
from deploy.local.demo.known import wait_known
from deploy.local.demo.people import PEOPLE
from deploy.local.demo.plan import Calendar, shares
from deploy.local.demo.publishing import publish
from deploy.local.demo.scene import Scene, set_scene
from deploy.local.folder import DataFolder
from libs.clock import SystemClock

PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProgramme:
    """What was loaded; `ambassadors` are ids by display name, `profiles` how each of these behaves."""

    programme_id: UUID
    board_id: UUID
    ambassadors: Mapping[str, UUID]
    profiles: Mapping[str, str]


async def load(
    gateway_url: str,
    folder: DataFolder,
    *,
    now: datetime,
    seed: int = 7,
    order_seed: int = 0,
    repeat: bool = False,
    quiet: bool = False,
) -> DemoProgramme:
    """Load the programme of a seed as of the day of `now` (UTC); loading it again on that day changes nothing.

    `order_seed` other than 0 sends interactions in another order, `repeat` sends all of them twice; neither changes
    what comes out. Waits up to 90 s for a part that is away. Raises RefusedError.
    """
    calendar, clock = Calendar.of(now), SystemClock()
    key = f"demo-{seed}-{calendar.end.date()}"
    planned = shares(calendar, seed=seed)
    back = engagement(planned, calendar.end, seed=seed)
    async with api_of(gateway_url, folder, clock) as api:
        with _progress(quiet=quiet) as progress:
            posting = progress.add_task("shares", total=len(planned))
            reacting = progress.add_task("interactions", total=len(back.interactions) * (1 + repeat))
            scene = await set_scene(api, calendar, key=key)
            ids = await publish(api, planned, scene, key=key, done=lambda: progress.advance(posting))
            await wait_known(api, ids.values())
            for _ in range(1 + repeat):
                await _send(
                    api,
                    scene.programme_id,
                    files=tables(back.counts, ids),
                    bodies=batches(back.interactions, ids, order_seed=order_seed),
                    done=lambda count: progress.advance(reacting, count),
                )
        return await _loaded(api, scene)


async def _send(
    api: Api,
    programme_id: UUID,
    *,
    files: Sequence[bytes],
    bodies: Sequence[list[dict[str, Any]]],
    done: Callable[[int], None],
) -> None:
    receipts = await import_tables(api, programme_id, files)
    receipts += await send_batches(api, programme_id, bodies, done=done)
    await wait_applied(api, receipts)


async def _loaded(api: Api, scene: Scene) -> DemoProgramme:
    return DemoProgramme(
        programme_id=scene.programme_id,
        board_id=await _board(api, scene.programme_id),
        ambassadors={person.name: scene.ambassadors[person.key] for person in PEOPLE},
        profiles={person.name: person.profile.name for person in PEOPLE},
    )


async def _board(api: Api, programme_id: UUID) -> UUID:
    """Return the board of the programme once gamification has made it. Raises RefusedError."""
    for _ in range(round(PATIENCE_SECONDS / PAUSE_SECONDS)):
        if boards := (await api.get(f"/programmes/{programme_id}/boards"))["items"]:
            return UUID(boards[0]["id"])
        await asyncio.sleep(PAUSE_SECONDS)
    raise RefusedError("gamification never made a board for the programme")


def _progress(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(quiet=quiet), disable=quiet)
