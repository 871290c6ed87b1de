"""What can go wrong with taking part."""

from libs.problems import Problem


class AmbassadorNotFound(Problem):
    """No ambassador has this id."""

    slug, status, title = "ambassador-not-found", 404, "No such ambassador"


class AlreadyEnrolled(Problem):
    """The caller is an ambassador of this programme already."""

    slug, status, title = "already-enrolled", 409, "You already take part in this programme"


class CharterOutdated(Problem):
    """The charter version that was accepted is not the programme's."""

    slug, status, title = "charter-outdated", 409, "Another version of the charter is in force"


class NotEnrolled(Problem):
    """The caller is no ambassador of the programme."""

    slug, status, title = "not-enrolled", 409, "You do not take part in this programme"
