"""What keeps a service that is down from being called in vain, and calls from being made again without end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.errors import ServiceUnavailable
from gateway.metrics import Metrics
from gateway.proxy.connection import BrokenOff, Late
from gateway.proxy.pool import NoPlace, NotConnected
from gateway.routes import Service
from libs.telemetry.logs import logger

log = logger(__name__)

IN_A_ROW = 5  # connections that failed one after another
WINDOW_SECONDS, WINDOW_CALLS, WINDOW_RATIO = 10.0, 20, 0.5  # or so many failures of so many calls
REST_SECONDS = 1.0  # before one call tries whether the service is back
RETRIES_HELD, RETRIES_EARNED = 10.0, 0.1  # at most ten at once, and one for each ten calls


class Breaker:
    """Closed while calls succeed; open, it refuses them at once; half open, it lets one through that decides."""

    def __init__(self, service: Service, metrics: Metrics, *, now: Callable[[], float] = time.monotonic) -> None:
        """Watch the calls of a service from now on."""
        self._service = service
        self._metrics = metrics
        self._now = now
        self._in_a_row = 0
        self._calls = self._failures = 0
        self._window_ends = 0.0
        self._tries_at: float | None = None  # none while closed
        self._trying = False
        metrics.breaker(service, is_open=False)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Judge a call by what it raises. Raises ServiceUnavailable instead of making it while the breaker is open."""
        trying = self._enter()
        try:
            yield
        except NoPlace:
            raise  # says that we are busy, nothing of the service
        except (NotConnected, BrokenOff, Late) as error:
            self._failed(connected=not isinstance(error, NotConnected))
            raise
        else:
            self._succeeded()
        finally:
            if trying:
                self._trying = False

    def _enter(self) -> bool:
        if self._tries_at is None:
            return False
        if self._trying or self._now() < self._tries_at:
            raise ServiceUnavailable(f"{self._service} is down; try again", retry_after=1)
        self._trying = True
        return True

    def _succeeded(self) -> None:
        self._in_a_row = 0
        self._count()
        if self._trying:
            self._tries_at = None
            self._calls = self._failures = 0
            self._metrics.breaker(self._service, is_open=False)
            log.info("breaker_closed", upstream=self._service)

    def _failed(self, *, connected: bool) -> None:
        self._count()
        self._failures += 1
        self._in_a_row = 0 if connected else self._in_a_row + 1
        many = self._calls >= WINDOW_CALLS and self._failures >= WINDOW_RATIO * self._calls
        if self._trying or self._in_a_row >= IN_A_ROW or many:
            if self._tries_at is None:
                log.warning("breaker_opened", upstream=self._service, failures=self._failures, calls=self._calls)
                self._metrics.breaker(self._service, is_open=True)
            self._tries_at = self._now() + REST_SECONDS

    def _count(self) -> None:
        if self._now() > self._window_ends:
            self._calls = self._failures = 0
            self._window_ends = self._now() + WINDOW_SECONDS
        self._calls += 1


class RetryBudget:
    """Lets some calls be made again, never so many that a service in trouble is called twice as often."""

    def __init__(self) -> None:
        self._held = RETRIES_HELD

    def earn(self) -> None:
        """Count a call that is made for the first time."""
        self._held = min(self._held + RETRIES_EARNED, RETRIES_HELD)

    def take(self) -> bool:
        """Whether one more may be made again."""
        if self._held < 1:
            return False
        self._held -= 1
        return True
