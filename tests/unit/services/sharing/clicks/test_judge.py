"""Which visits count, in whichever order they come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.sharing import Verdict
from services.sharing.clicks.domain import CROWD, HOUR, Judge, Seen

POSTED = datetime(2026, 11, 18, 9, tzinfo=UTC)
OWN = "author"


def visit(number: int = 1, *, after: float = 60, **other: Any) -> Seen:
    values: dict[str, Any] = {
        "click_id": UUID(int=number),
        "seen_at": POSTED + timedelta(seconds=after),
        "visitor": f"visitor {number}",
        "network": f"network {number}",
        "agent": "person",
        "prefetch": False,
    }
    return Seen(**{**values, **other})


def judged(visits: Sequence[Seen], valid: Sequence[Seen] = ()) -> list[Verdict]:
    found = Judge(posted_at=POSTED, own={OWN}, valid=valid).judge(visits)
    return [found[one.click_id] for one in visits]


def test_a_visitor_counts() -> None:
    assert judged([visit()]) == ["valid"]


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({"prefetch": True}, "prefetch"),
        ({"agent": "none"}, "no-agent"),
        ({"agent": "crawler"}, "crawler"),
        ({"visitor": OWN}, "own-visit"),
        ({"after": 9.9}, "preview"),
        ({"after": 0}, "preview"),
        ({"after": -3600}, "preview"),
        ({"after": 10}, "valid"),
    ],
)
def test_each_reason_has_its_name(other: dict[str, Any], verdict: Verdict) -> None:
    assert judged([visit(**other)]) == [verdict]


def test_the_first_reason_in_the_order_of_the_checks_is_the_one_that_is_kept() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "prefetch": {"prefetch": True},
        "no-agent": {"agent": "none"},
        "crawler": {"agent": "crawler"},
        "own-visit": {"visitor": OWN},
        "preview": {"after": 1},
    }
    order = [verdict for verdict in get_args(Verdict) if verdict in wrong]
    assert order == list(wrong)
    for first, name in enumerate(order):
        together: dict[str, Any] = {}
        for later in reversed(order[first:]):
            together |= wrong[later]
        assert judged([visit(**together)]) == [name]


def test_the_same_visitor_counts_once_also_when_the_first_was_judged_before() -> None:
    first, second = visit(1, visitor="v"), visit(2, visitor="v", after=7200)
    assert judged([first, second]) == ["valid", "same-visitor"]
    assert judged([second], valid=[first]) == ["same-visitor"]
    assert judged([first], valid=[second]) == ["same-visitor"]


def test_who_came_too_early_may_come_again() -> None:
    early, later = visit(1, visitor="v", after=1), visit(2, visitor="v", after=100)
    assert judged([early, later]) == ["preview", "valid"]


def test_the_sixth_visitor_of_a_network_within_an_hour_is_one_of_a_crowd() -> None:
    crowd = [visit(number, network="n", after=60 + number) for number in range(1, 8)]
    assert judged(crowd) == ["valid"] * CROWD + ["crowded"] * 2
    assert judged([visit(9, network="other", after=70)], valid=crowd[:CROWD]) == ["valid"]
    an_hour_later = visit(10, network="n", after=61 + HOUR.total_seconds())
    assert judged([an_hour_later], valid=crowd[:CROWD]) == ["valid"]


VISITS = st.lists(
    st.builds(
        lambda n, after, v, net, agent: (n, after, v, net, agent),
        st.integers(0, 10**6),
        st.integers(-100, 4 * 3600),
        st.integers(0, 12),
        st.integers(0, 1),
        st.sampled_from(["person", "person", "person", "crawler", "none"]),
    ),
    max_size=40,
    unique_by=lambda one: one[0],
).map(
    lambda rows: [
        # a visitor's key holds the network: the same visitor is always of the same one
        visit(n, after=after, visitor=f"{net}-{v}", network=str(net), agent=agent)
        for n, after, v, net, agent in rows
    ]
)


@given(visits=VISITS, parts=st.integers(1, 5), seed=st.randoms(use_true_random=False))
def test_in_any_order_and_any_batches_nobody_counts_twice_and_no_hour_has_a_crowd(
    visits: list[Seen], parts: int, seed: Any
) -> None:
    late = list(visits)
    seed.shuffle(late)
    valid: list[Seen] = []
    verdicts: dict[UUID, Verdict] = {}
    for part in range(parts):
        found = Judge(posted_at=POSTED, own={OWN}, valid=valid).judge(late[part::parts])
        verdicts |= found
        valid += [one for one in late if found.get(one.click_id) == "valid"]
    assert set(verdicts) == {one.click_id for one in visits}
    assert max(Counter(one.visitor for one in valid).values(), default=0) <= 1
    for one in valid:
        hour = [other for other in valid if timedelta(0) <= other.seen_at - one.seen_at < HOUR]
        assert max(Counter(other.network for other in hour).values()) <= CROWD
    alone = Judge(posted_at=POSTED, own={OWN}, valid=()).judge(visits)
    among = {"valid", "same-visitor", "crowded"}
    assert {one: verdict for one, verdict in verdicts.items() if verdict not in among} == {
        one: verdict for one, verdict in alone.items() if verdict not in among
    }


def test_judging_again_with_all_that_is_kept_gives_the_same() -> None:
    visits = [visit(number, network="n", after=number * 300) for number in range(1, 30)]
    visits += [replace(one, click_id=UUID(int=one.click_id.int + 100)) for one in visits]
    assert judged(visits) == judged(visits)
    assert judged(visits).count("valid") <= 29
