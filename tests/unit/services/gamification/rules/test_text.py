"""From reuse and own words to a factor."""

import pytest

from services.gamification.rules.domain.text import own_repeats, parrot, personal

from .evidence import RULES, factors_of, score, share


@pytest.mark.parametrize(
    ("reuse", "own_words", "factor"),
    [
        (1.0, 0, 0.20),
        (0.92, 8, 0.20),
        (0.80, 14, 0.46),
        (0.74, 40, 0.59),
        (0.45, 80, 0.87),
        (0.0, 60, 1.00),
        (0.0, 5, 0.67),
    ],
)
def test_the_published_table_of_own_words(reuse: float, own_words: int, factor: float) -> None:
    assert round(personal(RULES.text, reuse=reuse, own_words=own_words) / 10_000, 2) == factor


def test_a_share_without_any_word_is_worth_no_more_than_a_copy() -> None:
    assert factors_of(score([share(words=0, copied=0)]))["F_pers"] == 2000


def test_a_short_exact_copy_and_a_long_one_are_alike() -> None:
    assert {factors_of(score([share(words=n, copied=n)]))["F_pers"] for n in (1, 10, 500)} == {2000}


def test_three_colleagues_before_halve_the_value() -> None:
    assert parrot(RULES.parrot, 30_000) == 5000


def test_each_repeat_of_oneself_leaves_a_quarter() -> None:
    assert [own_repeats(RULES.parrot, j) for j in range(5)] == [10_000, 2500, 625, 156, 39]


def test_a_thousand_identical_copies_are_worth_next_to_nothing() -> None:
    copies = [
        share(i, at=i / 200, words=60, copied=60, parrot=min(i, 200) * 10_000, self_repeats=i) for i in range(1000)
    ]
    assert 400 <= score(copies).milli_points < 450
