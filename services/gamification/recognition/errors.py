"""What can go wrong with a spotlight."""

from libs.problems import Problem


class NoSuchWeek(Problem):
    """The week is not an ISO week."""

    slug, status, title = "no-such-week", 422, "This is not an ISO week"


class SpotlightNotFound(Problem):
    """No spotlight has this id."""

    slug, status, title = "spotlight-not-found", 404, "No such spotlight"


class StaysHidden(Problem):
    """The ambassador has chosen not to be seen."""

    slug, status, title = "ambassador-stays-hidden", 409, "This ambassador has chosen not to be seen"
