"""What gateway.webhooks tells: an endpoint that hears nothing any more."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.events.envelope import Event


class EndpointDisabled(Event):
    """A webhook was disabled because its endpoint failed for too long, or said that it is gone; nobody asked for it."""

    type: ClassVar[str] = "webhooks.endpoint.disabled.v1"

    webhook_id: UUID
    programme_id: UUID
    reason: Literal["failing", "gone"]
    failing_since: AwareDatetime = Field(description="Since when every attempt has failed.")
    disabled_at: AwareDatetime = Field(description="From here on its events are not kept for it; see docs/webhooks.md.")
