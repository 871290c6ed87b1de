"""What can go wrong with the quarantine."""

from libs.problems import Problem


class QuarantinedNotFound(Problem):
    """Nothing of this id lies in the quarantine, or it was applied more than 30 days ago."""

    slug, status, title = "quarantined-not-found", 404, "Nothing of this id is in the quarantine"


class NotWaiting(Problem):
    """The item was applied or discarded already."""

    slug, status, title = "not-waiting", 409, "The item does not wait any more"
