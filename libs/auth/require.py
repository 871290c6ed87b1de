"""The FastAPI dependency that lets a bearer of a scope in."""

from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from libs.auth.errors import MissingToken
from libs.auth.principal import Principal

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token of the configured issuer.")


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
        """Return who calls. Raises MissingToken, InvalidToken, MissingScope."""
        principal: Principal = request.app.state.verifier.verify(bearer_of(request.headers.get("authorization")))
        principal.check(*self.scopes)
        request.state.subject = principal.subject  # what an Idempotency-Key is bound to
        return principal


def require(*scopes: str) -> Require:
    """Return the dependency for a route: the caller must hold one of the scopes."""
    return Require(*scopes)
