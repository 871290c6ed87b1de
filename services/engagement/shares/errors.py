"""What can go wrong with a share."""

from libs.problems import Problem


class ShareNotFound(Problem):
    """No share of this id has been told of here."""

    slug, status, title = "share-not-found", 404, "No such share"


class ShareNotYetKnown(Exception):  # noqa: N818 - says what is missing
    """Something accepted belongs to a share that this database has not heard of; it may only be a matter of time."""
