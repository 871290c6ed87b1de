"""What can go wrong with a share."""

from libs.problems import Problem


class ShareNotFound(Problem):
    """No share has this id."""

    slug, status, title = "share-not-found", 404, "No such share"


class ImpossibleTime(Problem):
    """The post cannot have been published at the time that was given."""

    slug, status, title = "impossible-time", 422, "The time of publication is not possible"


class DuplicatePost(Problem):
    """A share with this address exists in the programme."""

    slug, status, title = "duplicate-post", 409, "This post is already recorded"
