"""The FastAPI dependency that lets a bearer of a scope in."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from libs.auth.errors import InvalidToken, MissingToken
from libs.auth.principal import Principal
from libs.auth.tokens import Verifier

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="An access token of the configured issuer, or an API key."
)


def bearer_in(headers: Sequence[str]) -> str:
    """Return the token of the only `Authorization` header. Raises MissingToken, InvalidToken for several."""
    if len(headers) > 1:  # whoever stands behind might read another of them than we do
        raise InvalidToken("send one Authorization header")
    return bearer_of(headers[0] if headers else None)


def bearer_of(header: str | None) -> str:
    """Return the token of an `Authorization` header. Raises MissingToken."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingToken("send `Authorization: Bearer <token>`")
    return token.strip()


class Require:
    """A dependency that returns the principal when it holds one of the scopes; tests read `scopes` off the routes."""

    def __init__(self, *scopes: str) -> None:
        self.scopes = scopes

    async def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
    ) -> Principal:
        """Return who calls. Raises MissingToken, InvalidToken, IdentityUnavailable, MissingScope."""
        verifier: Verifier = request.app.state.verifier
        principal = await verifier.verify(bearer_in(request.headers.getlist("authorization")))
        principal.check(*self.scopes)
        request.state.subject = principal.subject  # what an Idempotency-Key is bound to
        return principal


def require(*scopes: str) -> Require:
    """Return the dependency for a route: the caller must hold one of the scopes."""
    return Require(*scopes)
