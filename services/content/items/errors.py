"""What can go wrong with an item."""

from libs.problems import Problem


class ItemNotFound(Problem):
    """No item has this id, or it is a draft that the caller may not see."""

    slug, status, title = "item-not-found", 404, "No such item"


class ItemAlreadyPublished(Problem):
    """The item is visible already."""

    slug, status, title = "item-already-published", 409, "The item is already published"
