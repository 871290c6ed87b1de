"""Why somebody may not come in."""

from libs.problems import Problem


class MissingToken(Problem):
    """No bearer token came with the request."""

    slug, status, title = "missing-token", 401, "A bearer token is needed"


class InvalidToken(Problem):
    """The token was not made by our issuer for us, or its time is over."""

    slug, status, title = "invalid-token", 401, "The token is not valid"


class IdentityUnavailable(Problem):
    """Whoever knows the token's keys cannot be asked now: it is neither good nor bad yet."""

    slug, status, title = "identity-unavailable", 503, "The token cannot be judged now"


class MissingScope(Problem):
    """The token's roles do not include what this route needs."""

    slug, status, title = "missing-scope", 403, "Your role does not allow this"


class ForeignProgramme(Problem):
    """The token is of another programme."""

    slug, status, title = "foreign-programme", 403, "This belongs to a programme that you are not part of"


class NotYours(Problem):
    """The thing is private to another ambassador."""

    slug, status, title = "not-yours", 403, "This is private to another person"
