"""What can go wrong with a hold."""

from libs.problems import Problem


class HoldNotFound(Problem):
    """No hold has this id, or it does not concern the caller."""

    slug, status, title = "hold-not-found", 404, "No such hold"


class HoldDecided(Problem):
    """The hold's state does not allow this step."""

    slug, status, title = "hold-decided", 409, "The hold is in a state that does not allow this"


class LimitsNotFound(Problem):
    """The programme's limits have no such version."""

    slug, status, title = "limits-not-found", 404, "No such version of the limits"


class LimitsChanged(Problem):
    """Somebody set other limits since the caller read them."""

    slug, status, title = "limits-changed", 409, "The limits were changed meanwhile"
