"""What can go wrong with a badge."""

from libs.problems import Problem


class BadgeKeyTaken(Problem):
    """The programme has a badge of this key; what a badge needs is never changed."""

    slug, status, title = "badge-key-taken", 409, "A badge of this key is there already"


class BadgeNotFound(Problem):
    """The programme has no badge of this key."""

    slug, status, title = "badge-not-found", 404, "No such badge"


class BadgeReworded(Problem):
    """Somebody wrote other words for the badge since the caller read them."""

    slug, status, title = "badge-reworded", 409, "The badge was given other words meanwhile"
