"""Owns recording the planned shares through the public API.

A share is measured against the posts recorded before it, so two of one author or of one item must not overtake each
other; all others may be under way together.
"""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from deploy.local.demo.api import Api
from deploy.local.demo.plan import PlannedShare
from deploy.local.demo.scene import Scene, caller

UNHEARD = ("unknown-item",)  # sharing has not heard yet that the item is published


async def publish(
    api: Api, shares: Sequence[PlannedShare], scene: Scene, *, key: str, done: Callable[[], None]
) -> dict[str, UUID]:
    """Record the shares; returns their ids by key. Calls `done` after each."""
    found: dict[str, UUID] = {}

    async def record(share: PlannedShare) -> None:
        found[share.key] = await _record(api, share, scene, key=key)
        done()

    for wave in waves(shares):
        await asyncio.gather(*(record(share) for share in wave))
    return found


def waves(shares: Sequence[PlannedShare]) -> list[list[PlannedShare]]:
    """Divide shares (by time) so that in each wave no two have the author or the item in common, and none goes ahead.

    A share comes in the first wave after the last one that has an earlier share of its author or of its item.
    """
    found: list[list[PlannedShare]] = []
    after: dict[str, int] = {}
    for share in shares:
        place = max(after.get(share.author.key, 0), after.get(share.item, 0))
        if place == len(found):
            found.append([])
        found[place].append(share)
        after[share.author.key] = after[share.item] = place + 1
    return found


async def _record(api: Api, share: PlannedShare, scene: Scene, *, key: str) -> UUID:
    body = {
        "programme_id": str(scene.programme_id),
        "item_id": str(scene.items[share.item]),
        "network": share.network,
        "text": share.text,
        "published_at": share.published_at.isoformat(),
        "post_url": share.post_url,
    }
    made = await api.create("/shares", body, key=f"{key}-{share.key}", by=caller(share.author), waits=UNHEARD)
    return UUID(made["id"])
