"""What can go wrong with a tracked link."""

from libs.problems import Problem


class LinkNotFound(Problem):
    """No link has this id."""

    slug, status, title = "link-not-found", 404, "No such link"


class TargetNotAllowed(Problem):
    """A link may not lead where it should."""

    slug, status, title = "target-not-allowed", 422, "A link may not lead there"


class LinkNotFitting(Problem):
    """The link cannot be that of the share: it is of somebody else, of another network or item, or taken already."""

    slug, status, title = "link-not-fitting", 409, "The link does not fit the share"
