"""Counting calls in one process, and saying what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import apart
from gateway.limits.addresses import client_of
from gateway.limits.allowance import Allowance, Policy
from gateway.limits.apart import Apart
from gateway.limits.classes import CLASSES, Limit
from gateway.links.visitors import network_of
from gateway.routes import ROUTES


class Hands:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def counter(quota: int, window: int) -> tuple[Apart, Hands]:
    hands = Hands()
    return Apart(Policy("read", Limit(quota=quota, window=window)), now=hands), hands


def test_a_quota_at_once_then_one_each_interval() -> None:
    calls, hands = counter(3, 60)
    assert [calls.take("a").granted for _ in range(4)] == [True, True, True, False]
    refused = calls.take("a")
    assert (refused.wait, refused.used) == (20, 60)
    assert calls.take("b").granted
    hands.at += 19.99
    assert not calls.take("a").granted
    hands.at += 0.02
    assert [calls.take("a").granted for _ in range(2)] == [True, False]
    hands.at += 1000
    assert [calls.take("a").granted for _ in range(4)] == [True, True, True, False]


@given(
    st.lists(st.floats(min_value=0, max_value=40), min_size=1, max_size=200),
    st.integers(min_value=1, max_value=20),
    st.integers(min_value=1, max_value=60),
)
def test_no_stretch_of_time_lets_more_in_than_a_quota_and_what_is_earned(
    pauses: list[float], quota: int, window: int
) -> None:
    calls, hands = counter(quota, window)
    granted = []
    for pause in pauses:
        hands.at += pause
        if calls.take("a").granted:
            granted.append(hands.at)
    for first, begun in enumerate(granted):
        for last in range(first, len(granted)):
            assert last - first + 1 <= quota + quota * (granted[last] - begun) / window + 1e-6


@given(st.lists(st.floats(min_value=0, max_value=5), max_size=100))
def test_who_keeps_to_the_pace_is_never_refused(pauses: list[float]) -> None:
    calls, hands = counter(10, 10)
    for pause in pauses:
        hands.at += 1 + pause
        assert calls.take("a").granted


def test_memory_is_that_of_the_keys_of_two_windows() -> None:
    calls, hands = counter(5, 10)
    for number in range(1000):
        hands.at += 0.1
        calls.take(f"key-{number}")
    assert len(calls) <= 200


def test_many_keys_at_once_are_forgotten_early_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_KEYS", 10)
    calls, _ = counter(5, 10)
    for number in range(1000):
        assert calls.take(f"key-{number}").granted
    assert len(calls) <= 20


def test_fields_say_what_is_allowed_and_left() -> None:
    policy = Policy("write", Limit(quota=240, window=60))
    first = (b"ratelimit-policy", b'"write";q=240;w=60')
    assert policy.fields(Allowance(0, 0.25)) == (first, (b"ratelimit", b'"write";r=239;t=1'))
    assert policy.line(Allowance(0, 0.25)) == b"".join(
        [b"%b: %b\r\n" % field for field in policy.fields(Allowance(0, 0.25))]
    )
    assert policy.fields(Allowance(0, 60)) == (first, (b"ratelimit", b'"write";r=0;t=60'))
    assert policy.fields(Allowance(1.5, 60)) == (first, (b"ratelimit", b'"write";r=0;t=60'))


@pytest.mark.parametrize(
    ("peer", "told", "proxies", "network"),
    [
        ("203.0.113.9", [], 0, "203.0.113.0/24"),
        ("203.0.113.9", [b"198.51.100.1"], 0, "203.0.113.0/24"),
        ("10.0.0.1", [b"198.51.100.1"], 1, "198.51.100.0/24"),
        ("10.0.0.1", [b"6.6.6.6, 198.51.100.1"], 1, "198.51.100.0/24"),
        ("10.0.0.1", [b"6.6.6.6", b"198.51.100.1, 10.0.0.2"], 2, "198.51.100.0/24"),
        ("10.0.0.1", [b"198.51.100.1"], 2, "10.0.0.0/24"),
        ("10.0.0.1", [b"nonsense"], 1, "10.0.0.0/24"),
        ("10.0.0.1", [b"198.51.100.1:4711"], 1, "198.51.100.0/24"),
        ("10.0.0.1", [b"[2001:db8:1:2::3]:4711"], 1, "2001:db8:1::/48"),
        ("2001:db8:1:ffff::9", [], 0, "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.0/24"),
        ("", [], 0, "unknown"),
    ],
)
def test_a_client_is_known_by_its_network(peer: str, told: list[bytes], proxies: int, network: str) -> None:
    scope = {"client": (peer, 1) if peer else None, "headers": [(b"x-forwarded-for", value) for value in told]}
    client = client_of(scope, trusted_proxies=proxies)
    assert (network_of(client[0]).decode() if client else "unknown") == network


@given(st.binary(max_size=60))
def test_no_header_breaks_the_reading_of_addresses(value: bytes) -> None:
    assert client_of({"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", value)]}, trusted_proxies=1)


def test_boards_and_links_are_never_counted_with_a_round_trip_and_nothing_else_is_counted_apart() -> None:
    assert [rate for rate, kind in CLASSES.items() if kind.counted == "apart"] == ["board", "link"]
    assert {route.rate for route in ROUTES if route.service is None} == {"board"}
    assert [rate for rate, kind in CLASSES.items() if kind.without_valkey == "closed"] == ["export"]
