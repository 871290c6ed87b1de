"""When a service is called, and when it is left alone."""

from collections.abc import Callable

import pytest

from gateway.errors import ServiceUnavailable
from gateway.metrics import Metrics
from gateway.proxy.breaker import IN_A_ROW, REST_SECONDS, WINDOW_CALLS, WINDOW_SECONDS, Breaker, RetryBudget
from gateway.proxy.connection import BrokenOff, Late
from gateway.proxy.pool import NoPlace, NotConnected
from libs.telemetry.metrics import Telemetry


class Watched:
    """A breaker whose clock stands where it was put."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.telemetry = Telemetry("gateway")
        self.breaker = Breaker("sharing", Metrics(self.telemetry), now=lambda: self.at)

    def call(self, error: Exception | None = None) -> None:
        with self.breaker.watching():
            if error is not None:
                raise error

    def fails(self, kind: Callable[[], Exception] = NotConnected) -> None:
        error = kind()
        with pytest.raises(type(error)):
            self.call(error)

    def refuses(self) -> None:
        with pytest.raises(ServiceUnavailable) as refused:
            self.call()
        assert refused.value.retry_after == 1

    @property
    def is_open(self) -> bool:
        return b'gateway_breaker_open{service="gateway",upstream="sharing"} 1.0' in self.telemetry.exposition()


def opened() -> Watched:
    watched = Watched()
    for _ in range(IN_A_ROW):
        watched.fails()
    return watched


def test_it_opens_when_nobody_can_connect_and_refuses_at_once() -> None:
    watched = Watched()
    for _ in range(IN_A_ROW - 1):
        watched.fails()
    watched.call()
    for _ in range(IN_A_ROW - 1):
        watched.fails()
    assert not watched.is_open
    watched.fails()
    assert watched.is_open
    watched.refuses()


def test_one_call_tries_whether_the_service_is_back() -> None:
    watched = opened()
    watched.at += REST_SECONDS + 0.1
    with watched.breaker.watching():
        watched.refuses()
    assert not watched.is_open
    watched.call()


def test_a_try_that_fails_begins_another_rest() -> None:
    watched = opened()
    watched.at += REST_SECONDS + 0.1
    watched.fails(Late)
    watched.refuses()
    watched.at += REST_SECONDS + 0.1
    watched.call()
    assert not watched.is_open


@pytest.mark.parametrize("error", [NoPlace(), ZeroDivisionError()])
def test_a_try_that_says_nothing_of_the_service_lets_the_next_try(error: Exception) -> None:
    watched = opened()
    watched.at += REST_SECONDS + 0.1
    watched.fails(lambda: error)
    assert watched.is_open
    watched.call()
    assert not watched.is_open


@pytest.mark.parametrize("kind", [Late, BrokenOff])
def test_half_of_many_calls_open_it_too(kind: type[Exception]) -> None:
    watched = Watched()
    for _ in range(WINDOW_CALLS // 2 - 1):
        watched.call()
        watched.fails(kind)
    assert not watched.is_open
    watched.call()
    watched.fails(kind)
    assert watched.is_open


def test_failures_of_long_ago_do_not_count() -> None:
    watched = Watched()
    for _ in range(3 * WINDOW_CALLS):
        watched.fails(Late)
        watched.at += WINDOW_SECONDS / (WINDOW_CALLS - 2)
    assert not watched.is_open


def test_being_busy_is_no_failure_of_the_service() -> None:
    watched = Watched()
    for _ in range(10 * WINDOW_CALLS):
        watched.fails(NoPlace)
    assert not watched.is_open


def test_one_call_in_ten_is_made_again() -> None:
    budget = RetryBudget()
    assert [budget.take() for _ in range(12)] == [True] * 10 + [False] * 2
    again = 0
    for _ in range(1000):
        budget.earn()
        again += budget.take()
    assert 90 <= again <= 100
