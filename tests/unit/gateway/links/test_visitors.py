"""The keys that stand for visitors."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.links.visitors import HEADER, VisitorKeys, network_of
from gateway.links.visits import read_headers
from libs.auth.person_keys import PersonKeys
from tests.support.clock import MovedClock

CLOCK = MovedClock(datetime(2026, 11, 18, 23, 59, tzinfo=UTC))
KEYS = VisitorKeys(PersonKeys("k" * 32), clock=CLOCK)
DAY = date(2026, 11, 18)


HERE = ("198.51.100.7", 5000)


def test_a_visitor_is_a_network_and_an_agent_on_one_day() -> None:
    one = KEYS.of(HERE, b"agent", DAY)
    assert KEYS.of(("198.51.100.250", 1), b"agent", DAY) == one
    elsewhere = KEYS.of(("198.51.101.7", 5000), b"agent", DAY)
    assert (elsewhere.network != one.network, elsewhere.visitor != one.visitor) == (True, True)
    other_agent = KEYS.of(HERE, b"other", DAY)
    assert (other_agent.network, other_agent.visitor != one.visitor) == (one.network, True)


def test_keys_of_two_days_or_two_secrets_have_nothing_in_common() -> None:
    found = {
        *KEYS.of(HERE, b"agent", DAY),
        *KEYS.of(HERE, b"agent", date(2026, 11, 19)),
        *VisitorKeys(PersonKeys("j" * 32), clock=CLOCK).of(HERE, b"agent", DAY),
    }
    assert len(found) == 6
    assert KEYS.of(HERE, b"agent", DAY) == VisitorKeys(PersonKeys("k" * 32), clock=CLOCK).of(HERE, b"agent", DAY)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_what_a_provider_gives_to_one_place(address: str, network: str) -> None:
    assert network_of(address) == network.encode()


def test_a_caller_without_an_address_is_a_visitor_too() -> None:
    assert KEYS.of(None, b"agent", DAY) == KEYS.of(("nonsense", 1), b"agent", DAY)


def test_sharing_is_told_the_keys_of_today_and_tomorrow_and_never_what_a_client_says() -> None:
    given = [(b"user-agent", b"agent"), (HEADER, b"f" * 32), (b"accept", b"*/*")]
    scope: dict[str, Any] = {"client": HERE, "headers": given}
    KEYS.tell(scope)
    today = KEYS.of(HERE, b"agent", DAY).visitor
    tomorrow = KEYS.of(HERE, b"agent", date(2026, 11, 19)).visitor
    assert scope["headers"] == [
        (b"user-agent", b"agent"),
        (b"accept", b"*/*"),
        (HEADER, f"{today} {tomorrow}".encode()),
    ]


@pytest.mark.parametrize(
    "header",
    [
        (b"sec-purpose", b"prefetch"),
        (b"sec-purpose", b"prefetch;prerender"),
        (b"sec-purpose", b"prefetch;anonymous-client-ip"),
        (b"purpose", b"prefetch"),
        (b"purpose", b"Prefetch"),
        (b"x-moz", b"prefetch"),
    ],
)
def test_browsers_say_that_they_load_ahead(header: tuple[bytes, bytes]) -> None:
    assert read_headers([(b"accept", b"*/*"), header, (b"user-agent", b"agent")]) == (b"agent", True)


def test_who_says_something_else_does_not_load_ahead() -> None:
    assert read_headers([(b"purpose", b"navigate"), (b"x-other", b"prefetch")]) == (b"", False)
