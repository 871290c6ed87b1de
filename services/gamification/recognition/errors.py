"""What can go wrong with a spotlight."""

from libs.problems import Problem


class NoSuchWeek(Problem):
    """The week is not an ISO week."""

    slug, status, title = "no-such-week", 422, "This is not an ISO week"
