"""What can go wrong with a reward or a redemption."""

from libs.problems import Problem


class RewardNotFound(Problem):
    """No reward has this id."""

    slug, status, title = "reward-not-found", 404, "No such reward"


class RedemptionNotFound(Problem):
    """No redemption has this id."""

    slug, status, title = "redemption-not-found", 404, "No such redemption"


class OutOfStock(Problem):
    """The last one is gone."""

    slug, status, title = "out-of-stock", 409, "This reward is out of stock"


class LimitReached(Problem):
    """The person has as many of this reward as one may have."""

    slug, status, title = "redemption-limit-reached", 409, "You have as many of this reward as one person may have"


class NotEnoughPoints(Problem):
    """The spendable balance is below the price."""

    slug, status, title = "not-enough-points", 409, "Your spendable points are not enough"


class RedemptionClosed(Problem):
    """The redemption's state does not allow this step."""

    slug, status, title = "redemption-closed", 409, "The redemption is in a state that does not allow this"
