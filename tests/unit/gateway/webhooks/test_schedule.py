from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.webhooks.deliveries.domain.schedule import OFFSETS, pause_after
from gateway.webhooks.endpoints.answers import Outcome, outcome_of
from gateway.webhooks.subscriptions.domain.health import (
    LONGEST,
    OVERLOADED,
    UNWELL,
    Disabled,
    pause_of,
    throttle,
    verdict,
)

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
CHANCE = st.floats(min_value=0, max_value=1)


def pauses(chance: float) -> list[timedelta]:
    found: list[timedelta] = []
    while (pause := pause_after(len(found) + 1, chance)) is not None:
        found.append(pause)
    return found


def test_ten_attempts_within_a_day() -> None:
    even = pauses(0.5)
    assert even == [later - earlier for earlier, later in pairwise(OFFSETS)]
    assert (len(even) + 1, even[0], sum(even, timedelta())) == (10, timedelta(seconds=5), timedelta(hours=24))


@given(st.integers(min_value=1, max_value=9), CHANCE)
def test_a_pause_is_a_tenth_more_or_less(tried: int, chance: float) -> None:
    even, found = pause_after(tried, 0.5), pause_after(tried, chance)
    assert even is not None
    assert found is not None
    assert abs(found - even) <= even * 0.1 + timedelta(microseconds=1)


def test_after_the_last_there_is_none() -> None:
    assert pause_after(10, 0.5) is None
    assert pause_after(11, 0.5) is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (299, Outcome.DELIVERED),
        (101, Outcome.REFUSED),
        (301, Outcome.REDIRECTED),
        (307, Outcome.REDIRECTED),
        (400, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (410, Outcome.GONE),
        (429, Outcome.THROTTLED),
        (500, Outcome.REFUSED),
        (502, Outcome.THROTTLED),
        (503, Outcome.REFUSED),
        (504, Outcome.THROTTLED),
    ],
)
def test_only_2xx_is_a_success(status: int, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


@pytest.mark.parametrize(
    ("header", "pause", "expected"),
    [
        (None, None, None),
        (None, OVERLOADED, OVERLOADED),
        ("120", None, timedelta(seconds=120)),
        ("120", OVERLOADED, timedelta(seconds=120)),
        ("0", OVERLOADED, timedelta(seconds=1)),
        ("86400", OVERLOADED, LONGEST),
        ("9" * 5000, OVERLOADED, LONGEST),
        ("Wed, 18 Nov 2026 12:05:00 GMT", OVERLOADED, timedelta(minutes=5)),
        ("Wed, 18 Nov 2026 11:00:00 GMT", OVERLOADED, timedelta(seconds=1)),
        ("Wed, 18 Nov 9999 11:00:00 GMT", OVERLOADED, LONGEST),
        ("soon", UNWELL, UNWELL),
        ("-5", OVERLOADED, OVERLOADED),
        ("", None, None),
    ],
)
def test_retry_after_is_honoured_within_bounds(
    header: str | None, pause: timedelta | None, expected: timedelta | None
) -> None:
    assert throttle(header, pause=pause, now=NOW) == expected


@given(st.text())
def test_whatever_a_receiver_says_it_is_left_alone_for_an_hour_at_most(header: str) -> None:
    found = throttle(header, pause=None, now=NOW)
    assert found is None or timedelta(seconds=1) <= found <= LONGEST


@pytest.mark.parametrize(
    ("outcome", "status", "pause"),
    [
        (Outcome.THROTTLED, 429, OVERLOADED),
        (Outcome.TIMED_OUT, None, OVERLOADED),
        (Outcome.REFUSED, 500, UNWELL),
        (Outcome.REFUSED, 400, None),
        (Outcome.REDIRECTED, 302, None),
        (Outcome.UNREACHABLE, None, UNWELL),
        (Outcome.UNTRUSTED, None, UNWELL),
        (Outcome.BROKEN_OFF, None, UNWELL),
        (Outcome.FORBIDDEN, None, UNWELL),
        (Outcome.FAULT, None, UNWELL),
    ],
)
def test_an_endpoint_that_is_not_well_is_left_alone(
    outcome: Outcome, status: int | None, pause: timedelta | None
) -> None:
    assert pause_of(outcome, status) == pause


def test_an_endpoint_is_disabled_when_it_is_gone_or_has_failed_for_too_long() -> None:
    day = timedelta(hours=24)
    assert verdict(gone=True, failing_since=NOW, patience=day, now=NOW) is Disabled.GONE
    assert verdict(gone=False, failing_since=NOW - day, patience=day, now=NOW) is Disabled.FAILING
    assert verdict(gone=False, failing_since=NOW - day / 2, patience=day, now=NOW) is None
