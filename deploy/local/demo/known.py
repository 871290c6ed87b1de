"""Owns waiting until engagement has heard of the shares and of the handles of their authors.

An interaction is attributed to a colleague by the handles known when it is applied, so none is sent before. No route
tells which handles are known; the door does: a reply by somebody else than the author is refused for its `person`
once the author's handle is known. Such a reply is sent with a time in the future as well, so it is always refused.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.demo.api import PATIENCE_SECONDS, Api, RefusedError
from deploy.local.demo.engagement import SOURCE
from deploy.local.demo.plan import PlannedShare

UNKNOWN = ("share-not-found",)
PAUSE_SECONDS = 0.2


async def wait_known(
    api: Api, programme_id: UUID, shares: Sequence[PlannedShare], ids: Mapping[str, UUID], *, now: datetime
) -> None:
    """Return when engagement knows the shares and the LinkedIn handles of their authors. Raises RefusedError."""
    await asyncio.gather(*(api.get(f"/shares/{share_id}/engagement", waits=UNKNOWN) for share_id in ids.values()))
    one_of_each = {share.author.key: ids[share.key] for share in shares if share.network == "linkedin"}
    for _ in range(round(PATIENCE_SECONDS / PAUSE_SECONDS)):
        if await _handles_known(api, programme_id, one_of_each.values(), now=now):
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise RefusedError("engagement never got to know all handles")


async def _handles_known(api: Api, programme_id: UUID, share_ids: Collection[UUID], *, now: datetime) -> bool:
    body = {"interactions": [_refused_reply(share_id, now) for share_id in share_ids]}
    query = {"programme_id": str(programme_id)}
    answer = await api.call("POST", "/interactions", query=query, json=body, accepts=("nothing-accepted",))
    if answer.is_success:
        raise RefusedError("a reply in the future was accepted")
    refused = {error["field"] for error in answer.json()["errors"]}
    return refused >= {f"interactions[{place}].person" for place in range(len(share_ids))}


def _refused_reply(share_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "share_id": str(share_id),
        "kind": "reply",
        "source": SOURCE,
        "external_id": f"probe-{share_id}",
        "person": "nobody-who-posts-here",
        "answers": f"probe-{share_id}-comment",
        "occurred_at": (now + timedelta(days=2)).isoformat(),
        "provenance": "imported",
    }
