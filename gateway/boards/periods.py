"""Which period of a board a request means."""

import re
from datetime import datetime

from gateway.boards.standings import Definition
from libs.periods import ALL_TIME, local_day, monday_of, season_of, week_of
from libs.problems import FieldError
from libs.web.errors import InvalidRequest

PERIOD = re.compile(r"all|season|week|S[0-9]{3,6}|[0-9]{4}-W[0-9]{2}")


def concrete(period: str, definition: Definition, now: datetime) -> str:
    """Return the name of the period that keys carry; `week` and `season` are those of now. Raises InvalidRequest."""
    today = local_day(now, definition.time_zone)
    if period == "week":
        return week_of(today)
    if period == "season":
        return season_of(today, definition.first_day)
    if PERIOD.fullmatch(period) and (period[0] in {"a", "S"} or _is_week(period)):
        return period
    raise InvalidRequest(
        "the period is not valid", errors=[FieldError("period", "must be all, season, week, S001 or 2026-W47")]
    )


def is_current(period: str, definition: Definition, now: datetime) -> bool:
    """Whether a concrete period has begun and not ended."""
    return period == ALL_TIME or period in {
        concrete("week", definition, now),
        concrete("season", definition, now),
    }


def _is_week(period: str) -> bool:
    try:
        monday_of(period)
    except ValueError:
        return False
    return True
