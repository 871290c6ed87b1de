from hypothesis import given
from hypothesis import strategies as st

from services.gamification.levels.domain import DEFAULT_LADDER, Standing, is_ladder, level_of, progress, stand

POINTS = st.integers(-5_000, 4_000_000)


def test_a_level_is_reached_at_its_points_and_not_before() -> None:
    assert level_of(9_999, DEFAULT_LADDER) == Standing(0, 0)
    assert level_of(10_000, DEFAULT_LADDER) == Standing(1, 10)
    assert level_of(3_000_000, DEFAULT_LADDER) == Standing(10, 3000)


def test_ladders_rise_from_one_point_on() -> None:
    assert is_ladder(DEFAULT_LADDER)
    assert not is_ladder([0, 10])
    assert not is_ladder([10, 10])
    assert not is_ladder([20, 10])


@given(history=st.lists(POINTS, min_size=1).map(sorted))
def test_growing_points_never_lower_a_level(history: list[int]) -> None:
    held, levels = Standing(), []
    for milli_points in history:
        held = stand(held, milli_points, DEFAULT_LADDER)
        levels.append(held.level)
    assert levels == sorted(levels)


@given(milli_points=POINTS, ladder=st.lists(st.integers(1, 5_000), min_size=1, unique=True).map(sorted))
def test_a_new_ladder_takes_no_level_away(milli_points: int, ladder: list[int]) -> None:
    held = stand(Standing(), milli_points, DEFAULT_LADDER)
    assert stand(held, milli_points, ladder).level >= held.level


def test_a_correction_below_what_a_level_needed_takes_it_away() -> None:
    assert stand(Standing(2, 30), 29_999, DEFAULT_LADDER) == Standing(1, 10)
    assert stand(Standing(2, 30), 30_000, DEFAULT_LADDER) == Standing(2, 30)


@given(milli_points=POINTS)
def test_progress_is_a_part_of_the_way(milli_points: int) -> None:
    needed, done = progress(level_of(milli_points, DEFAULT_LADDER), milli_points, DEFAULT_LADDER)
    assert 0 <= done <= 1
    assert needed is None or milli_points < needed * 1000


def test_progress_counts_from_the_level_that_is_held() -> None:
    assert progress(Standing(1, 10), 20_000, DEFAULT_LADDER) == (30, 0.5)
    assert progress(Standing(10, 3000), 3_000_000, DEFAULT_LADDER) == (None, 1.0)
