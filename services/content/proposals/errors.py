"""What can go wrong with a proposal."""

from libs.problems import Problem


class ProposalNotFound(Problem):
    """No proposal has this id."""

    slug, status, title = "proposal-not-found", 404, "No such proposal"


class ProposalDecided(Problem):
    """Somebody has approved or declined it already."""

    slug, status, title = "proposal-decided", 409, "The proposal is already decided"
