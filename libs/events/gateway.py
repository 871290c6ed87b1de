"""What the gateway tells: visits of tracked links as it saw them, for sharing to judge."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.envelope import Event

Agent = Literal["person", "crawler", "none"]


class Visit(BaseModel):
    """One request that was sent on to a link's target. Address and user agent themselves never leave the gateway.

    `visitor` and `network` are keyed hashes of the day (UTC) on which it was seen: nobody can be followed to the next.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    visit_id: UUID
    link_id: UUID
    seen_at: AwareDatetime
    visitor: str = Field(description="Keyed hash of the network and the user agent.")
    network: str = Field(description="Keyed hash of the first 24 bits of an IPv4 address, 48 of an IPv6 address.")
    agent: Agent = Field(description="What the user agent says it is; `none` when it says nothing.")
    prefetch: bool = Field(description="Nobody has seen the target: a HEAD, or a browser that loads ahead.")


class VisitsSeen(Event):
    """Visits of any links, in the order in which they were seen; a busy moment comes as several events."""

    type: ClassVar[str] = "gateway.visits.seen.v1"

    visits: tuple[Visit, ...]
