"""What can go wrong with a consent."""

from libs.problems import Problem


class NoConsent(Problem):
    """The ambassador has not allowed publishing on this network, or has taken it back."""

    slug, status, title = "no-consent", 409, "There is no consent for this network"
