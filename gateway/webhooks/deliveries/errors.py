"""What can go wrong with a delivery or a replay."""

from libs.problems import Problem


class DeliveryNotFound(Problem):
    """No delivery has this id; those that have ended are forgotten after some days."""

    slug, status, title = "delivery-not-found", 404, "No such delivery"


class DeliveryUnderWay(Problem):
    """The delivery is being sent at this moment."""

    slug, status, title = "delivery-under-way", 409, "This delivery is being sent"


class EventGone(Problem):
    """The stream of the event keeps it no more."""

    slug, status, title = "event-gone", 410, "The event is kept no more"


class ReplayUnderWay(Problem):
    """The webhook's last replay has not ended."""

    slug, status, title = "replay-under-way", 409, "The last replay has not ended"


class ReplayNotFound(Problem):
    """The webhook has never had a replay."""

    slug, status, title = "replay-not-found", 404, "This webhook has had no replay"


class TooManyTests(Problem):
    """As many tests are under way as may be at once."""

    slug, status, title = "too-many-tests", 503, "Too many tests are under way"
