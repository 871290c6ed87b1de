"""Periods, cursors and tags of boards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.boards.answer import matches
from gateway.boards.cursors import cursor_of, position_of
from gateway.boards.definitions import Definition
from gateway.boards.keys import PeriodKeys
from gateway.boards.moment import Moment
from gateway.boards.periods import concrete, is_current
from gateway.boards.standings import Position, Window
from gateway.errors import PeriodNotFound
from libs.web.errors import InvalidCursor, InvalidRequest

BOARD = Definition(
    board_id=uuid4(),
    programme_id=uuid4(),
    title="Voices",
    time_zone="Europe/Paris",
    first_day=date(2026, 9, 7),
)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday already in Paris


EVERY = replace(BOARD, periods=("day", "week", "month", "season", "all"))


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        (SUNDAY_NIGHT, "2026-11-23", "2026-11"),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-01", "2026-10"),  # a Sunday: its week is October's
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01-01", "2026-12"),  # a Friday already
    ],
)
def test_a_month_is_the_weeks_whose_thursday_lies_in_it(now: datetime, day: str, month: str) -> None:
    assert concrete("day", EVERY, now) == day
    assert concrete("month", EVERY, now) == month
    assert is_current(month, EVERY, now)
    assert not is_current(month, BOARD, now)


def test_without_a_period_the_longest_is_meant() -> None:
    assert concrete(None, BOARD, SUNDAY_NIGHT) == "all"
    assert concrete(None, replace(BOARD, periods=("day", "week")), SUNDAY_NIGHT) == "2026-W48"


def test_a_kind_that_the_board_does_not_have_is_unknown() -> None:
    for asked in ("day", "2026-11-22", "month", "2026-11"):
        with pytest.raises(PeriodNotFound):
            concrete(asked, BOARD, SUNDAY_NIGHT)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("week", "2026-W48"), ("season", "S001"), ("all", "all"), ("2026-W01", "2026-W01"), ("S012", "S012")],
)
def test_periods_follow_the_calendar_of_the_programme(asked: str, meant: str) -> None:
    assert concrete(asked, BOARD, SUNDAY_NIGHT) == meant


def test_the_season_of_today_is_the_planned_one_where_there_is_one() -> None:
    planned = replace(BOARD, seasons="2026-11-16+2,2026-12-14+6")
    assert concrete("season", planned, SUNDAY_NIGHT) == "S002"
    assert concrete("season", planned, SUNDAY_NIGHT + timedelta(weeks=1)) == "S003"
    assert is_current("S002", planned, SUNDAY_NIGHT)


@pytest.mark.parametrize("asked", ["", "W48", "2026-W00", "2026-W54", "2026-48", "all:z", "S1", "S001\n", "ALL"])
def test_other_words_are_no_periods(asked: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        concrete(asked, BOARD, SUNDAY_NIGHT)
    assert [error.field for error in refused.value.errors] == ["period"]


def test_only_what_has_begun_and_not_ended_is_current() -> None:
    current = {"all", "2026-W48", "S001"}
    asked = {"all", "2026-W47", "2026-W48", "2026-W49", "S000", "S001", "S002"}
    assert {period for period in asked if is_current(period, BOARD, SUNDAY_NIGHT)} == current


@given(st.binary(min_size=24, max_size=24), st.integers(-(2**53), 2**53))
def test_a_cursor_gives_back_its_place_and_not_whose_it_is(member: bytes, milli_points: int) -> None:
    moment = Moment("ready", sequence=1, version=1, at="", total=2)
    window = Window(moment, members=[member], scores=[b"%d" % milli_points])
    assert position_of(cursor_of("S001", window), "S001") == Position(milli_points, member[:8])


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    with pytest.raises(InvalidCursor):
        position_of(text, "all")


@pytest.mark.parametrize(
    ("seen", "same"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("a", False), ("", False)],
)
def test_tags_are_compared_as_http_says(seen: str, same: object) -> None:
    assert matches(b'"a"', seen.encode()) is same


def test_the_keys_of_a_board_share_one_slot() -> None:
    keys = PeriodKeys.of(BOARD.board_id, "2026-W48")
    assert keys.scores == f"board:{{{BOARD.board_id}}}:2026-W48:z"
    assert {key.split("}")[0] for key in (keys.scores, keys.arrivals, keys.version)} == {f"board:{{{BOARD.board_id}"}
