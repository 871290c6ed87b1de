"""The settings by which every process knows whose tokens to trust; each reads them under its own prefix."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings

from libs.auth.claims import ClaimMap, Every, path_of
from libs.auth.provider import fault_of
from libs.auth.roles import Role


def _path(text: str) -> str:
    path_of(text)
    return text


ClaimPath = Annotated[str, Field(max_length=200), AfterValidator(_path)]
HOUR = 3600


class AuthSettings(BaseSettings):
    """The issuer of tokens, and what its claims mean; docs/identity.md shows these for common providers."""

    auth_issuer: str = Field(
        min_length=1, description="Who issues tokens, exactly as they say it; without a file of keys, its address."
    )
    auth_audience: str = Field(default="timbre", min_length=1, description="For whom tokens must be.")
    auth_other_audiences: list[str] = Field(
        default=[], description="Audiences that may stand beside ours, where a provider always adds them."
    )
    auth_jwks: Path | None = Field(
        default=None, description="File with the issuer's public keys (JWKS); without it they are found by discovery."
    )
    auth_plain_http: bool = Field(
        default=False, description="Read keys over plain http from other machines, too: for closed networks only."
    )
    auth_plain_jwt: bool = Field(
        default=False, description="Take access tokens of the type JWT or none, where a provider does not say at+jwt."
    )
    auth_stale_seconds: int = Field(
        default=6 * HOUR, ge=0, le=168 * HOUR, description="How long keys serve while the issuer cannot be reached."
    )
    auth_roles_claim: ClaimPath = Field(default="roles", description="Where roles or groups stand, as a path.")
    auth_roles: dict[str, list[Role]] = Field(
        default={}, description="What each group may do; without it a name is a role itself."
    )
    auth_programmes_claim: ClaimPath = Field(default="programmes", description="Where programmes or groups stand.")
    auth_programmes: dict[str, list[UUID | Every]] = Field(
        default={}, description="Which programmes each group is of, `*` for all; without it a name is an id itself."
    )

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if self.auth_jwks is not None:
            return self
        if fault := fault_of(self.auth_issuer, plain_http=self.auth_plain_http):
            raise ValueError(f"auth_issuer {fault}; or give a file with its keys as auth_jwks")
        parts = urlsplit(self.auth_issuer)
        if parts.query or parts.fragment:
            raise ValueError("auth_issuer must have neither query nor fragment")
        return self

    def claim_map(self) -> ClaimMap:
        """Return what claims mean."""
        return ClaimMap(
            roles_at=path_of(self.auth_roles_claim),
            roles=self.auth_roles,
            programmes_at=path_of(self.auth_programmes_claim),
            programmes=self.auth_programmes,
        )
