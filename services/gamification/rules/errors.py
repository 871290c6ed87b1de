"""Named failures of the rules of scoring."""

from libs.problems import Problem


class PresetNotFound(Problem):
    """Someone asked for a preset of rules that does not exist."""

    slug, status, title = "rules-preset-not-found", 404, "Rules preset not found"


class RulesNotFound(Problem):
    """Someone asked for a version of the rules that does not exist."""

    slug, status, title = "rules-not-found", 404, "No such version of the rules"


class InvalidRules(Problem):
    """A parameter of proposed rules is unknown, missing or out of its range."""

    slug, status, title = "invalid-rules", 422, "Invalid rules"


class SeasonNotFound(Problem):
    """No season has this name, or it has not begun."""

    slug, status, title = "season-not-found", 404, "No such season"


class ActivationNotFound(Problem):
    """The programme has no activation of this number."""

    slug, status, title = "activation-not-found", 404, "No such activation"


class NotACorrection(Problem):
    """Only a correction can be taken back."""

    slug, status, title = "not-a-correction", 409, "This is no correction"


class WeekHasBegun(Problem):
    """Rules were to hold from a week that has begun, in which points are already booked."""

    slug, status, title = "week-has-begun", 409, "The week has begun"
