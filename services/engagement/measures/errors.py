"""What can go wrong when numbers are asked for."""

from libs.problems import Problem


class ProgrammeNotFound(Problem):
    """No programme of this id has been told of here."""

    slug, status, title = "programme-not-found", 404, "No such programme"


class CampaignNotFound(Problem):
    """No campaign of this id has been told of here."""

    slug, status, title = "campaign-not-found", 404, "No such campaign"


class InvalidPeriod(Problem):
    """The period is not the name of a day, an ISO week, a month, a season, nor `all`."""

    slug, status, title = "invalid-period", 422, "The period is not valid"


class InvalidGroup(Problem):
    """`ids` names something that is no key of the groups that were asked for."""

    slug, status, title = "invalid-group", 422, "The group is not valid"
