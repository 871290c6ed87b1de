"""Visitors: saturating, and bounded by the people who react."""

import pytest

from services.gamification.rules.domain import Capability, Kind

from .evidence import ME, factors_of, reading, score, share, touch, touches


def worth(number: int, *, reactions: int = 0, capability: Capability = Capability.PEOPLE) -> int:
    acts = touches(Kind.CLICK, number) + touches(Kind.REACTION, reactions)
    return int(factors_of(score([share(capability=capability)], touches=acts))["vc"])


@pytest.mark.parametrize(("number", "value"), [(0, 0), (1, 9524), (5, 40_000), (20, 40_000), (5000, 40_000)])
def test_clicks_with_nobody_reacting_are_worth_at_most_four(number: int, value: int) -> None:
    assert worth(number) == value


def test_people_who_react_raise_the_bound() -> None:
    assert worth(20, reactions=5) == 90_000
    assert worth(20, reactions=50) == 100_000


@pytest.mark.parametrize(("number", "value"), [(5, 40_000), (20, 100_000), (30, 120_000), (5000, 120_000)])
def test_where_a_network_tells_clicks_only_the_bound_is_twelve(number: int, value: int) -> None:
    assert worth(number, capability=Capability.CLICKS) == value


def test_clicks_that_nobody_checked_never_reach_twelve() -> None:
    reported = [reading(Kind.CLICK, 5000, at=2)]
    week = score([share(capability=Capability.CLICKS)], readings=reported)
    assert factors_of(week)["vc"] == 40_000


def test_the_higher_bound_asks_what_the_network_can_tell_not_what_happened() -> None:
    assert worth(5000, capability=Capability.COUNTS) == 40_000


def test_counted_clicks_add_to_the_visitors_of_the_link() -> None:
    acts = [*touches(Kind.CLICK, 3), *touches(Kind.REACTION, 50)]
    factors = factors_of(score([share()], touches=acts, readings=[reading(Kind.CLICK, 20, at=2)]))
    assert (factors["visits"], factors["vc"]) == (20, 100_000)


def test_a_visitor_counts_once_late_ones_half_and_the_author_never() -> None:
    acts = [
        touch("v1", Kind.CLICK),
        touch("v1", Kind.CLICK, at=5),
        touch("v2", Kind.CLICK, at=20),
        touch("v3", Kind.CLICK, at=31),
        touch("me", Kind.CLICK, by=ME),
    ]
    factors = factors_of(score([share()], touches=acts))
    assert (factors["visits"], factors["vc"]) == (2, 13_953)
