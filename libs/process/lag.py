"""How long this process keeps everything waiting: the lateness of a task that only wants its turn."""

import asyncio
import time

from libs.telemetry.metrics import Telemetry

LOOK_SECONDS = 0.05


class Lag:
    """The lateness of the event loop of one process."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare it in the process's registry."""
        self._seconds = telemetry.histogram("event_loop_lag_seconds", "How late a task gets its turn.").labels(
            telemetry.service
        )

    async def watch(self) -> None:
        """Look twenty times a second, for ever."""
        while True:
            due = time.perf_counter() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self._seconds.observe(max(time.perf_counter() - due, 0.0))
