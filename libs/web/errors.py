"""Failures that belong to HTTP itself."""

from libs.problems import Problem


class InvalidRequest(Problem):
    """The request does not have the declared form; `errors` names each field."""

    slug, status, title = "invalid-request", 422, "The request is not valid"


class MalformedBody(Problem):
    """The body is not what its content type says: broken JSON, or bytes that are no UTF-8."""

    slug, status, title = "malformed-body", 400, "The body cannot be read"


class MalformedRequest(Problem):
    """What came is no HTTP, or says in two ways where it ends."""

    slug, status, title = "malformed-request", 400, "The request cannot be read"


class HeadTooLarge(Problem):
    """The address and the headers together are too large."""

    slug, status, title = "head-too-large", 431, "Address and headers are too large"


class BodyTooLarge(Problem):
    """The body is larger than this route takes."""

    slug, status, title = "body-too-large", 413, "The body is too large"


class NoSuchRoute(Problem):
    """Nothing is served at this path."""

    slug, status, title = "no-such-route", 404, "Nothing is served here"


class MethodNotAllowed(Problem):
    """The path exists and does not take this method."""

    slug, status, title = "method-not-allowed", 405, "This method is not allowed here"


class UnsupportedMediaType(Problem):
    """The route does not take this content type."""

    slug, status, title = "unsupported-media-type", 415, "This content type is not taken here"


class InvalidCursor(Problem):
    """The cursor was not made by this list."""

    slug, status, title = "invalid-cursor", 422, "The cursor is not valid"


class IdempotencyConflict(Problem):
    """The same Idempotency-Key came with another body."""

    slug, status, title = "idempotency-conflict", 422, "This key was used for another request"


class ServerFault(Problem):
    """A bug of ours; the request id finds it in the log."""

    slug, status, title = "server-fault", 500, "Something went wrong on our side"


class StorageUnavailable(Problem):
    """PostgreSQL or Valkey is away or busy."""

    slug, status, title = "storage-unavailable", 503, "The storage does not answer"


class NotReady(Problem):
    """A part that this process needs does not answer."""

    slug, status, title = "not-ready", 503, "Not ready"
