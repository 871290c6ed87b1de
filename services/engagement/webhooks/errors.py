"""What can go wrong at the doors of the networks."""

from libs.problems import Problem


class WebhookNotSetUp(Problem):
    """No secret is configured for this network, so nothing of it can be verified."""

    slug, status, title = "webhook-not-set-up", 404, "This network is not set up here"


class WrongSignature(Problem):
    """The signature is missing, or not that of the body under a secret in use; nothing was read or kept."""

    slug, status, title = "wrong-signature", 401, "The signature is not right"


class WrongChallenge(Problem):
    """The challenge has another form than the network's, or its verify token is wrong; it is not answered."""

    slug, status, title = "wrong-challenge", 403, "This challenge is not answered"
