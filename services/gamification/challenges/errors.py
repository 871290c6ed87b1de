"""What can go wrong with a challenge."""

from libs.problems import Problem


class ChallengeNotFound(Problem):
    """No challenge has this id."""

    slug, status, title = "challenge-not-found", 404, "No such challenge"


class ChallengeBegun(Problem):
    """The challenge has begun: whoever works for it must be able to rely on it."""

    slug, status, title = "challenge-begun", 409, "The challenge has begun and cannot be changed"


class ChallengeOver(Problem):
    """The challenge is completed, or its last day is over."""

    slug, status, title = "challenge-over", 409, "The challenge is over and cannot be cancelled"
