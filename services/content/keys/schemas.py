"""Bodies of requests and answers about API keys."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.auth.roles import KEY_SCOPES, SCOPES
from libs.web.texts import ONE_LINE
from services.content.keys.tables import ApiKey, ApiKeySecret

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Found = tuple[ApiKey, Sequence[ApiKeySecret]]


def _for_keys(scope: str) -> str:
    if scope not in KEY_SCOPES:
        raise ValueError(f"must be one of {', '.join(sorted(KEY_SCOPES))}")
    return scope


KeyScope = Annotated[str, AfterValidator(_for_keys), Field(json_schema_extra={"enum": sorted(KEY_SCOPES)})]


class ApiKeyIn(BaseModel):
    """A new key for a machine of the programme."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="Of the machine or system that will hold it.")]
    scopes: Annotated[
        list[KeyScope],
        Field(min_length=1, max_length=len(KEY_SCOPES), description="What it may do; by default what a service may."),
    ] = sorted(SCOPES["service"])
    lifetime_days: int = Field(default=365, ge=1, le=366, description="How long each of its secrets holds.")


class RotationIn(BaseModel):
    """How long what the machine holds now stays good."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(default=24, ge=0, le=720, description="0 ends every earlier secret at once.")


class SecretOut(BaseModel):
    """A secret in force or to come, by its id: the first part of the key that is held, after `timbre_`."""

    id: UUID
    made_at: AwareDatetime
    ends_at: AwareDatetime


class ApiKeyOut(BaseModel):
    """A key with its secrets in force, which nobody can read any more."""

    id: UUID
    programme_id: UUID
    name: str
    scopes: list[str]
    lifetime_days: int
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None
    last_used_on: date | None
    secrets: list[SecretOut]

    @classmethod
    def of(cls, found: Found) -> "ApiKeyOut":
        """Shape a key and its secrets."""
        key, secrets = found
        return cls.model_validate({**key.model_dump(), "secrets": [secret.model_dump() for secret in secrets]})


class NewApiKeyOut(ApiKeyOut):
    """A key as its owner gets it."""

    key: str | None = Field(description="Shown this once; null where an answer is given again, so rotate or revoke.")
