"""What can go wrong with a share."""

from libs.problems import Problem


class ShareNotFound(Problem):
    """No share of this id has been told of here."""

    slug, status, title = "share-not-found", 404, "No such share"
