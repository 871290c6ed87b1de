from datetime import date

import pytest

from services.gamification.recognition.domain import first_day, newcomers_since, weeks_until
from services.gamification.recognition.errors import NoSuchWeek


def test_four_weeks_are_compared_with_the_four_before_also_over_new_year() -> None:
    monday = first_day("2027-W02")
    assert weeks_until(monday) == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert weeks_until(monday, skip=4) == ["2026-W48", "2026-W49", "2026-W50", "2026-W51"]


def test_a_newcomer_joined_in_the_thirty_days_before_the_end_of_the_week() -> None:
    assert newcomers_since(date(2026, 11, 2)) == date(2026, 10, 10)


@pytest.mark.parametrize("week", ["2026-W54", "2025-W53", "2026-W00", "2026W45", "week", "", "2026-W1", "0001-W01"])
def test_what_is_no_week_is_refused_with_its_field(week: str) -> None:
    with pytest.raises(NoSuchWeek) as refused:
        first_day(week)
    assert [error.field for error in refused.value.errors] == ["week"]
