"""What can go wrong with an API key."""

from libs.problems import Problem


class ApiKeyNotFound(Problem):
    """No API key of the caller's programmes has this id."""

    slug, status, title = "api-key-not-found", 404, "No such API key"


class ApiKeyRevoked(Problem):
    """The key was revoked, which is for good."""

    slug, status, title = "api-key-revoked", 409, "The API key was revoked"


class TooManyApiKeys(Problem):
    """The programme has as many keys in force as it may."""

    slug, status, title = "too-many-api-keys", 409, "The programme has too many API keys"


class TooManySecrets(Problem):
    """The key has as many secrets in force as it may: it was rotated again and again within the overlap."""

    slug, status, title = "too-many-secrets", 409, "The API key has too many secrets"


class ScopesNotHeld(Problem):
    """Somebody tried to give a key more than they may do themself."""

    slug, status, title = "scopes-not-held", 403, "You cannot give a key more than you hold"
