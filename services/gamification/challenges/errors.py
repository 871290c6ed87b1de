"""What can go wrong with a challenge."""

from libs.problems import Problem


class ChallengeNotFound(Problem):
    """No challenge has this id."""

    slug, status, title = "challenge-not-found", 404, "No such challenge"
