"""What can go wrong with a campaign."""

from libs.problems import Problem


class CampaignNotFound(Problem):
    """No campaign has this id."""

    slug, status, title = "campaign-not-found", 404, "No such campaign"


class UnknownCampaign(Problem):
    """The campaign that a request names is not one of the programme."""

    slug, status, title = "unknown-campaign", 422, "Unknown campaign"
