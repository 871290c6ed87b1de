"""What can go wrong with conversations."""

from libs.problems import Problem


class ProgrammeNotFound(Problem):
    """No programme of this id has been told of here."""

    slug, status, title = "programme-not-found", 404, "No such programme"


class AmbassadorNotFound(Problem):
    """No ambassador of this id has been told of here."""

    slug, status, title = "ambassador-not-found", 404, "No such ambassador"


class ConversationNotFound(Problem):
    """No comment by another than the author has this id."""

    slug, status, title = "conversation-not-found", 404, "No such comment"
