"""Work that comes round: done, rested from, and done again for as long as the process lives."""

import asyncio
from collections.abc import Awaitable, Callable

from libs.storage.outage import is_outage
from libs.telemetry.logs import logger

log = logger(__name__)


async def in_rounds(name: str, work: Callable[[], Awaitable[object]], *, rest: float) -> None:
    """Call `work`, rest so many seconds, and so on for ever. Raises what `work` raises, but a server that is away.

    For such a server the next round waits, so that what is due must be found again from what is stored.
    """
    while True:
        try:
            await work()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("round_delayed", work=name, error=repr(error))
        await asyncio.sleep(rest)
