"""Which period of a board a request means."""

import re
from collections.abc import Callable
from datetime import date, datetime

from gateway.boards.definitions import Definition
from gateway.errors import PeriodNotFound
from libs.periods import ALL_TIME, local_day, monday_of, month_of_week, planned_in, season_of, week_of
from libs.problems import FieldError
from libs.web.errors import InvalidRequest

# the kinds of periods, the longest first, and what their names look like
FORMS = {
    "all": re.compile(r"all"),
    "season": re.compile(r"S[0-9]{3,6}"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "week": re.compile(r"[0-9]{4}-W[0-9]{2}"),
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
READ: dict[str, Callable[[str], object]] = {
    "day": date.fromisoformat,
    "week": monday_of,
    "month": lambda name: date.fromisoformat(f"{name}-01"),
}
REASON = "must be all, season, month, week, day, S001, 2026-11, 2026-W47 or 2026-11-22"


def concrete(period: str | None, definition: Definition, now: datetime) -> str:
    """Return the name of the period that keys carry: `week` is the one of now, None the longest that the board has.

    Raises InvalidRequest, and PeriodNotFound for a kind that the board does not have.
    """
    if period is None:
        period = next(kind for kind in FORMS if kind in definition.periods)
    kind = _kind_of(period)
    if kind not in definition.periods:
        raise PeriodNotFound(f"the board has {', '.join(definition.periods)}, and no {kind}")
    return _of_now(kind, definition, now) if period in FORMS else period


def is_current(period: str, definition: Definition, now: datetime) -> bool:
    """Whether a concrete period has begun and not ended."""
    return any(period == _of_now(kind, definition, now) for kind in definition.periods)


def check_begun(period: str, definition: Definition, now: datetime) -> None:
    """Raise PeriodNotFound when a period without a row is not of today: there cannot be one yet, or any more."""
    if not is_current(period, definition, now):
        raise PeriodNotFound(f"the board has no rows of {period}")


def _of_now(kind: str, definition: Definition, now: datetime) -> str:
    today = local_day(now, definition.time_zone)
    if kind == "season":
        return season_of(today, definition.first_day, planned_in(definition.seasons))
    if kind == "month":
        return month_of_week(week_of(today))
    return {"all": ALL_TIME, "week": week_of(today), "day": today.isoformat()}[kind]


def _kind_of(period: str) -> str:
    if period in FORMS:
        return period
    for kind, form in FORMS.items():
        if form.fullmatch(period) and _exists(kind, period):
            return kind
    raise InvalidRequest("the period is not valid", errors=[FieldError("period", REASON)])


def _exists(kind: str, period: str) -> bool:
    try:
        READ.get(kind, str)(period)
    except ValueError:
        return False
    return True
