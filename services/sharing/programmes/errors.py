"""What can go wrong with a programme or an item that content told of."""

from libs.problems import Problem


class ProgrammeNotFound(Problem):
    """No programme has this id, or its news is still under way."""

    slug, status, title = "programme-not-found", 404, "No such programme"


class UnknownItem(Problem):
    """The item that a request names is not a published one of the programme."""

    slug, status, title = "unknown-item", 422, "Unknown item"
