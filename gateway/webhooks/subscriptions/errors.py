"""What can go wrong with a webhook."""

from libs.problems import Problem


class WebhookNotFound(Problem):
    """No webhook has this id."""

    slug, status, title = "webhook-not-found", 404, "No such webhook"


class TooManyWebhooks(Problem):
    """The programme has as many webhooks as it may have."""

    slug, status, title = "too-many-webhooks", 409, "The programme has as many webhooks as it may have"


class TooManySecrets(Problem):
    """The webhook was rotated so often that too many of its secrets are still in use."""

    slug, status, title = "too-many-secrets", 409, "Too many secrets of this webhook are still in use"


class WebhookDisabled(Problem):
    """The webhook is disabled, and this needs one that is not."""

    slug, status, title = "webhook-disabled", 409, "This webhook is disabled"
