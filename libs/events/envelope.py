"""The envelope of every event: CloudEvents 1.0 in JSON structured mode, with four extension attributes."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, NotRequired, TypedDict, Unpack
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PARTITIONS = 64


class Event(BaseModel):
    """A fact in the past tense. Frozen; unknown fields are ignored, so that older readers survive newer writers."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]


class Attributes(BaseModel):
    """The context attributes of CloudEvents 1.0 (github.com/cloudevents/spec).

    `source` + `id` identify the event: the same pair is a duplicate.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    partitionkey: Annotated[str, Field(description="Order is kept among events of one key.")]
    correlationid: Annotated[str, Field(description="The request that all this began with.")]
    causationid: Annotated[str | None, Field(description="The event that led to this one.")] = None
    traceparent: Annotated[str | None, Field(description="W3C trace context.")] = None


class Envelope(Attributes):
    """The attributes around an event in `data`, as it is told: any event."""

    data: dict[str, Any]

    def to_bytes(self) -> bytes:
        """Return the JSON that goes on the wire."""
        return self.model_dump_json(exclude_none=True).encode()


def partition_of(key: str) -> int:
    """Return the partition of a key, 0 to 63. Stable for ever: consumers are split by it (CRC-32, RFC 1952)."""
    return crc32(key.encode()) % PARTITIONS


def subject_of(event_type: str, partition: int) -> str:
    """Return the NATS subject: the type, then the partition as its own token (`….v1.07`)."""
    return f"{event_type}.{partition:02d}"


class Around(TypedDict):
    """What is said around an event; `key` is what order is kept by."""

    id: str
    source: str
    key: str
    time: datetime
    correlation_id: str
    causation_id: NotRequired[str | None]
    traceparent: NotRequired[str | None]


def sealed(event: Event, **around: Unpack[Around]) -> bytes:
    """Return an event in its envelope, as it goes on the wire."""
    attributes = Attributes(
        id=around["id"],
        source=f"/timbre/{around['source']}",
        type=event.type,
        subject=around["key"],
        time=around["time"],
        partitionkey=around["key"],
        correlationid=around["correlation_id"],
        causationid=around.get("causation_id"),
        traceparent=around.get("traceparent"),
    )
    # the event is written once, where an envelope that holds it as values would cost twice the time
    return f'{attributes.model_dump_json(exclude_none=True)[:-1]},"data":{event.model_dump_json()}}}'.encode()


def seal(event: Event, **around: Unpack[Around]) -> Envelope:
    """Put an event into its envelope, to look at."""
    return Envelope.model_validate_json(sealed(event, **around))
