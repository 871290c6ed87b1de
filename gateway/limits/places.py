"""How much may be under way at once, by the class of the work: who finds no place is told so at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gateway.errors import Overloaded
from gateway.metrics import Metrics
from gateway.routes import SERVICES, Work

# Below the connections to a service, so that what is heavy leaves some for what is quick; above them where calls are
# short, so that a burst waits for a connection instead of being turned away.
PLACES: Mapping[Work, int] = {
    **dict.fromkeys(SERVICES, 128),
    "ingest": 32,
    "export": 8,
    "login-less": 32,
    "boards": 512,
}


class Places:
    """Counts what is under way. Work of a class without a number is bounded elsewhere."""

    def __init__(self, given: Mapping[Work, int], metrics: Metrics) -> None:
        """Use the numbers that are `given`, and `PLACES` for the others."""
        self._most = {**PLACES, **given}
        self._taken = dict.fromkeys(self._most, 0)
        self._metrics = metrics
        for work in self._most:
            metrics.under_way(work, lambda work=work: self._taken[work])  # type: ignore[misc] # binds the name now

    @contextmanager
    def taken(self, work: Work) -> Iterator[None]:
        """Hold a place while the block runs. Raises Overloaded when there is none."""
        if work not in self._most:
            yield
            return
        if self._taken[work] >= self._most[work]:
            self._metrics.shed(work)
            raise Overloaded(f"too much is under way for `{work}`; try again in a second", retry_after=1)
        self._taken[work] += 1
        try:
            yield
        finally:
            self._taken[work] -= 1
