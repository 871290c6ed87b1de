"""The envelope of every event: CloudEvents 1.0 in JSON structured mode, with four extension attributes."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
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


def seal(
    event: Event,
    *,
    id: str,  # noqa: A002 - the name of the CloudEvents attribute
    source: str,
    key: str,
    time: datetime,
    correlation_id: str,
    causation_id: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put an event into its envelope; `key` is what order is kept by."""
    return Envelope(
        id=id,
        source=f"/timbre/{source}",
        type=event.type,
        subject=key,
        time=time,
        partitionkey=key,
        correlationid=correlation_id,
        causationid=causation_id,
        traceparent=traceparent,
        data=event.model_dump(mode="json"),
    )
