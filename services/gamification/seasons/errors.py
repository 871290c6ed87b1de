"""What can go wrong with a season."""

from libs.problems import Problem


class SeasonNotFound(Problem):
    """The programme has no such season, or it has not begun."""

    slug, status, title = "season-not-found", 404, "No such season"


class SeasonNotClosed(Problem):
    """The season still runs, or is still open for what comes late: its standings are on the boards."""

    slug, status, title = "season-not-closed", 409, "The season is not closed yet"


class InvalidSeason(Problem):
    """A season was to be planned in the past, over another one, or where points are booked already."""

    slug, status, title = "invalid-season", 422, "No season can lie there"
