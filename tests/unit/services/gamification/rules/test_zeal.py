"""Posting more: the best shares count, whatever the order of posting."""

from services.gamification.rules.domain import Kind
from services.gamification.rules.domain.zeal import rank_factor

from .evidence import factors_of, score, share, share_line, touches


def test_the_best_share_of_a_day_counts_full_even_if_it_came_last() -> None:
    shares = [share(i, at=i / 10) for i in range(3)]
    week = score(shares, touches=touches(Kind.COMMENT, 4, on=2, at=0.5))
    assert [factors_of(week, i)["day"] for i in range(3)] == [3000, 900, 10_000]


def test_three_shares_of_a_week_count_full_then_less() -> None:
    week = score([share(i, at=i) for i in range(6)])
    assert [factors_of(week, i)["week"] for i in range(6)] == [10_000, 10_000, 10_000, 4000, 1600, 640]


def test_the_rank_in_the_week_goes_by_what_the_day_left() -> None:
    same_day, other_days = [share(0), share(1)], [share(2, at=1), share(3, at=2)]
    poor = {"words": 60, "copied": 60}
    week = score([*same_day, *other_days, share(4, at=3, **poor)], touches=touches(Kind.REACTION, 9, on=1))
    ranks = {i: (factors_of(week, i)["day"], factors_of(week, i)["week"]) for i in range(5)}
    assert ranks[1] == ranks[2] == ranks[3] == (10_000, 10_000)
    assert ranks[0] == (3000, 4000)
    assert ranks[4] == (10_000, 1600)


def test_a_day_is_the_local_day_that_the_share_says() -> None:
    evening, morning = share(0, at=0.5), share(1, at=0.51)
    assert factors_of(score([evening, morning]), 1)["day"] == 3000
    tomorrow = share(1, at=0.51, day=share(9, at=1).day)
    assert factors_of(score([evening, tomorrow]), 1)["day"] == 10_000


def test_two_posts_of_equal_value_are_ranked_by_id() -> None:
    week = score([share(1), share(0)])
    assert [line.share_id for line in week.lines] == [share(0).share_id, share(1).share_id]
    assert share_line(week, 0).milli_points > share_line(week, 1).milli_points


def test_ranks_fall_to_nothing() -> None:
    assert [rank_factor(1, 0.3, rank) for rank in (0, 1, 2, 3, 20)] == [10_000, 3000, 900, 270, 0]
