"""Where the time goes: processor time of this process and waiting, by named stage of the path."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import ModuleType
from typing import Any


class Stopwatch:
    """Adds up stages; one that runs inside another is taken out of the outer one."""

    def __init__(self) -> None:
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.wall: defaultdict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = (0.0, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what runs inside; for one lane of work at a time."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        if self._open:
            self.cpu[self._open[-1]] += cpu - self._since[0]
            self.wall[self._open[-1]] += wall - self._since[1]
        self._since = cpu, wall

    @contextmanager
    def around(self, module: ModuleType, function: str, stage: str) -> Iterator[None]:
        """Measure each call of an asynchronous function of a module as a stage."""
        original: Callable[..., Awaitable[Any]] = getattr(module, function)  # Any: passed through unseen

        @wraps(original)
        async def measured(*values: Any, **named: Any) -> Any:  # noqa: ANN401 - passed through unseen
            with self.stage(stage):
                return await original(*values, **named)

        setattr(module, function, measured)
        try:
            yield
        finally:
            setattr(module, function, original)
