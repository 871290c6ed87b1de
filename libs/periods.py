"""Names of calendar periods in a programme's time zone: days, ISO weeks and seasons of thirteen weeks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKS_IN_A_SEASON = 13
ALL_TIME = "all"


def local_day(at: datetime, time_zone: str) -> date:
    """Return the calendar day of an instant in a zone (a day of 23 or 25 hours is still one day)."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def week_of(day: date) -> str:
    """Return the ISO 8601 week of a day, such as `2026-W47`; its text order is its time order."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """Return the first day of an ISO week. Raises ValueError when `week` is not one."""
    return date.fromisoformat(f"{week}-1")


def season_of(day: date, first_day: date) -> str:
    """Return the season of a day: `S001` starts in the week of `first_day`, each lasts thirteen weeks.

    A season is whole weeks, so a week's points belong to exactly one. Days before the first season fall into `S000`.
    """
    first_monday = first_day - timedelta(days=first_day.weekday())
    elapsed = (day - first_monday).days // (7 * WEEKS_IN_A_SEASON)
    return f"S{max(elapsed + 1, 0):03d}"
