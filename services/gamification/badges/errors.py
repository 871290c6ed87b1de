"""What can go wrong with a badge."""

from libs.problems import Problem


class BadgeKeyTaken(Problem):
    """The programme has a badge of this key; definitions are never changed."""

    slug, status, title = "badge-key-taken", 409, "A badge of this key is there already"
