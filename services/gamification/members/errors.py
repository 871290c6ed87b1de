"""What can go wrong with a member."""

from libs.problems import Problem


class AmbassadorNotFound(Problem):
    """No ambassador has this id here."""

    slug, status, title = "ambassador-not-found", 404, "No such ambassador"


class ProgrammeNotFound(Problem):
    """No programme has this id here."""

    slug, status, title = "programme-not-found", 404, "No such programme"
