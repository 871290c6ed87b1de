"""Owns waiting until engagement has heard of the shares and of the handles of their authors.

An interaction is attributed to a colleague by the handles known when it is applied, so none is sent before. Everybody
has named their handles before the first share, and engagement hears in order what sharing tells: so once it knows the
shares it knows the handles.
"""

import asyncio
from collections.abc import Collection
from uuid import UUID

from deploy.local.demo.api import Api

UNKNOWN = ("share-not-found",)


async def wait_known(api: Api, share_ids: Collection[UUID]) -> None:
    """Return when engagement knows the shares. Raises RefusedError."""
    await asyncio.gather(*(api.get(f"/shares/{share_id}/engagement", waits=UNKNOWN) for share_id in share_ids))
