"""What can go wrong with a team."""

from libs.problems import Problem


class UnknownTeam(Problem):
    """The team that a request names is not one of the programme."""

    slug, status, title = "unknown-team", 422, "Unknown team"
