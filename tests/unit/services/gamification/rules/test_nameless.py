"""Counts without names: what they add to the people known by name."""

import pytest

from services.gamification.rules.domain import CountReading, Kind, Touch
from services.gamification.rules.domain.nameless import Nameless, nameless

from .evidence import ME, RULES, colleague, days, factors_of, reading, score, share, touch


def counted(*levels: tuple[float, int], named: tuple[float, ...] = ()) -> tuple[int, int]:
    readings = [reading(Kind.REACTION, count, at=at) for at, count in levels]
    found = nameless(RULES.people, days(0), readings, [days(at) for at in named])
    return found.full, found.late


def worth(readings: list[CountReading], touches: list[Touch]) -> int:
    return int(factors_of(score([share()], readings=readings, touches=touches))["E"])


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], (0, 0)),
        ([(1, 4)], (4, 0)),
        ([(1, 4), (14, 9)], (9, 0)),
        ([(14, 9), (30, 15)], (9, 6)),
        ([(20, 15)], (0, 15)),
        ([(31, 7)], (0, 7)),
        ([(31, 7), (60, 50)], (0, 7)),
        ([(1, 4), (60, 50)], (4, 0)),
    ],
)
def test_windows_of_age(levels: list[tuple[float, int]], expected: tuple[int, int]) -> None:
    assert counted(*levels) == expected
    assert counted(*reversed(levels)) == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [([(1, 40), (2, 4)], (4, 0)), ([(1, 40), (20, 4)], (4, 0)), ([(1, 4), (20, 9), (50, 6)], (4, 2))],
)
def test_a_later_lower_reading_corrects(levels: list[tuple[float, int]], expected: tuple[int, int]) -> None:
    assert counted(*levels) == expected


def test_people_known_by_name_are_not_counted_twice() -> None:
    assert counted((5, 10), named=(1, 2, 3)) == (7, 0)


def test_people_named_after_a_reading_are_not_in_it() -> None:
    assert counted((5, 10), named=(1, 6, 7)) == (9, 0)


def test_more_names_than_the_count_leave_nobody() -> None:
    assert counted((5, 1), named=(1, 2, 3)) == (0, 0)


def test_nobody_is_the_default() -> None:
    assert Nameless() == Nameless(full=0, late=0)


def test_nameless_people_count_seven_tenths() -> None:
    assert worth([reading(Kind.COMMENT, 5, at=2)], []) == 5 * 4 * 7000


def test_late_nameless_people_count_half_of_that() -> None:
    assert worth([reading(Kind.REACTION, 4, at=2), reading(Kind.REACTION, 10, at=20)], []) == (4 + 3) * 7000


def test_the_authors_own_reaction_is_taken_out_of_the_count() -> None:
    assert worth([reading(Kind.REACTION, 3, at=2)], [touch("me", by=ME)]) == 2 * 7000


def test_nameless_people_do_not_meet_the_limit_on_colleagues() -> None:
    crowd = [touch(f"c{i}", Kind.RESHARE, by=colleague(i)) for i in range(40)]
    assert worth([reading(Kind.REACTION, 100, at=2)], crowd) == 30_000 + 100 * 7000


def test_a_line_counts_them_among_its_reasons() -> None:
    week = score([share()], readings=[reading(Kind.COMMENT, 5, at=2)], touches=[touch("ann", Kind.COMMENT)])
    factors = factors_of(week)
    assert (factors["nameless"], factors["outsiders"], factors["comments"]) == (4, 1, 5)
    assert factors["worth_nameless"] == 4 * 4 * 7000
