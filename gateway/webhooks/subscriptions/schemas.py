"""Bodies of requests and answers about webhooks."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints

from gateway.webhooks.subscriptions.domain.health import Disabled
from gateway.webhooks.subscriptions.tables import Webhook
from libs.web.texts import ONE_LINE

Text = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)]
Value = StrictBool | Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] | Annotated[StrictStr, Field(max_length=200)]


class WebhookIn(BaseModel):
    """An endpoint and what it hears."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2048, description="Where to post: https, and a public address.")
    description: Text = ""
    event_types: list[Annotated[str, Field(max_length=100)]] = Field(min_length=1, max_length=100)
    filters: dict[Annotated[str, Field(max_length=100)], Value] = Field(
        default={},
        max_length=10,
        description="Values that fields of `data` must have; each field must be one of every event type.",
    )


class WebhookOut(BaseModel):
    """A webhook, without its secret. `failing_since` is the first failure after the last success."""

    id: UUID
    programme_id: UUID
    url: str
    description: str
    event_types: list[str]
    filters: dict[str, str | int | bool]
    enabled: bool
    disabled_reason: Disabled | None
    disabled_at: AwareDatetime | None
    failing_since: AwareDatetime | None
    throttled_until: AwareDatetime | None
    created_at: AwareDatetime
    changed_at: AwareDatetime

    @classmethod
    def of(cls, row: Webhook) -> "WebhookOut":
        """Shape a row."""
        return cls.model_validate({**row.model_dump(), "enabled": row.disabled_at is None})


class NewWebhookOut(WebhookOut):
    """A new webhook with its secret, which is shown this once.

    A repetition with the same Idempotency-Key shows it again until the webhook is rotated; then it is null.
    """

    secret: str | None


class RotateIn(BaseModel):
    """For how long the secrets in use go on signing beside the new one; 0 where one has become known."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(default=24, ge=0, le=168)


class SecretOut(BaseModel):
    """The new secret, which is shown this once, and until when the ones before it sign too."""

    secret: str
    earlier_until: AwareDatetime
