"""Why nobody can be sent on."""

from libs.problems import Problem


class LinkUnknown(Problem):
    """There is no link with this code."""

    slug, status, title = "link-unknown", 404, "There is no such link"


class LinkGone(Problem):
    """The link was disabled by its author or a manager."""

    slug, status, title = "link-gone", 410, "This link leads nowhere any more"


class LinksPending(Problem):
    """The links are being read in again; whether there is this one is known in a moment."""

    slug, status, title = "links-pending", 503, "Links are being read in"


class LinksUnavailable(Problem):
    """The store of the links does not answer."""

    slug, status, title = "links-unavailable", 503, "Links cannot be read now"
