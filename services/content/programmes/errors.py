"""What can go wrong with a programme."""

from libs.problems import Problem


class ProgrammeNotFound(Problem):
    """No programme has this id."""

    slug, status, title = "programme-not-found", 404, "No such programme"
