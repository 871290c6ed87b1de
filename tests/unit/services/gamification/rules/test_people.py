"""People, not events: who acted, how often, and how late."""

from collections.abc import Sequence

import pytest

from services.gamification.rules.domain import Kind, PairTouch, Touch

from .evidence import ME, colleague, each_way, factors_of, score, share, touch


def engagement(*acts: Touch, pair_touches: Sequence[PairTouch] = ()) -> int:
    return int(factors_of(score([share()], touches=acts, pair_touches=pair_touches))["E"])


@pytest.mark.parametrize(
    ("kind", "worth"), [(Kind.REACTION, 1), (Kind.COMMENT, 4), (Kind.RESHARE, 6), (Kind.MENTION, 3), (Kind.CLICK, 0)]
)
def test_each_kind_of_action_has_its_weight(kind: Kind, worth: int) -> None:
    assert engagement(touch("ann", kind)) == worth * 10_000


def test_a_second_comment_of_the_same_person_counts_nothing() -> None:
    once = engagement(touch("ann", Kind.COMMENT))
    assert engagement(touch("ann", Kind.COMMENT), touch("ann", Kind.COMMENT, at=3)) == once


def test_one_person_is_worth_at_most_eight() -> None:
    every_kind = [touch("ann", kind, at=i) for i, kind in enumerate(Kind, start=1)]
    assert engagement(*every_kind) == 80_000


@pytest.mark.parametrize(("age", "worth"), [(14, 4), (14.01, 2), (30, 2), (30.01, 0)])
def test_late_actions_count_half_then_nothing(age: float, worth: int) -> None:
    assert engagement(touch("ann", Kind.COMMENT, at=age)) == worth * 10_000


def test_an_action_that_came_too_late_is_not_counted_among_the_reasons() -> None:
    factors = factors_of(score([share()], touches=[touch("ann", Kind.COMMENT, at=31), touch("bob", at=1)]))
    assert (factors["comments"], factors["reactions"], factors["outsiders"]) == (0, 1, 1)


def test_the_first_time_of_a_repeated_kind_counts() -> None:
    assert engagement(touch("ann", Kind.COMMENT, at=20), touch("ann", Kind.COMMENT, at=2)) == 40_000


def test_the_author_is_worth_nothing_to_herself() -> None:
    assert engagement(touch("me", Kind.COMMENT, by=ME)) == 0


def test_a_colleague_without_return_counts_a_quarter() -> None:
    assert engagement(touch("cy", Kind.COMMENT, by=colleague(1))) == 10_000


@pytest.mark.parametrize(("received", "given", "worth"), [(4, 4, 2000), (4, 2, 6000), (2, 4, 6000), (4, 0, 10_000)])
def test_favours_returned_lower_what_a_colleague_is_worth(received: int, given: int, worth: int) -> None:
    pairs = each_way(colleague(1), received=received, given=given)
    assert engagement(touch("cy", Kind.COMMENT, by=colleague(1)), pair_touches=pairs) == worth


def test_only_favours_before_the_action_and_within_thirty_days_matter() -> None:
    later = each_way(colleague(1), received=3, given=3, at=0.2)
    older = each_way(colleague(1), received=3, given=3, at=-29.91)
    act = touch("cy", Kind.COMMENT, at=0.1, by=colleague(1))
    assert engagement(act, pair_touches=[*later, *older]) == 10_000


def test_colleagues_together_add_at_most_three_and_a_quarter_of_the_outsiders() -> None:
    crowd = [touch(f"c{i}", Kind.RESHARE, by=colleague(i)) for i in range(40)]
    assert engagement(*crowd) == 30_000
    assert engagement(*crowd, touch("ann", Kind.COMMENT)) == 40_000 + 30_000 + 10_000


def test_the_same_person_again_and_again_counts_less() -> None:
    again = [touch("ann", on=other, at=-other) for other in (1, 2, 3)]
    assert engagement(touch("ann", Kind.COMMENT), *again) == 20_000


def test_only_other_shares_of_the_thirty_days_before_are_repeats() -> None:
    harmless = [touch("ann", on=1, at=-29.91), touch("ann", on=2, at=0.2), touch("ann", Kind.CLICK, on=3, at=-1)]
    assert engagement(touch("ann", Kind.COMMENT), *harmless) == 40_000


def test_shares_touched_at_the_same_instant_are_taken_in_the_order_of_their_ids() -> None:
    week = score([share(0), share(1)], touches=[touch("ann", on=1), touch("ann", on=0)])
    assert (factors_of(week, 0)["E"], factors_of(week, 1)["E"]) == (10_000, 7071)


def test_a_line_tells_heads_and_worth_of_each_class() -> None:
    acts = [touch("ann"), touch("ann", Kind.COMMENT), touch("bob"), touch("cy", by=colleague(1))]
    factors = factors_of(score([share()], touches=acts))
    assert (factors["outsiders"], factors["colleagues"], factors["reactions"], factors["comments"]) == (2, 1, 3, 1)
    assert (factors["worth_outsiders"], factors["worth_colleagues"]) == (60_000, 2500)
