"""Rules of absolute counts: what makes two readings the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.events.engagement import CountedKind, Provenance
from libs.events.intake import AcceptedCount


class ReadingKey(NamedTuple):
    """One look at one number. A second report of the same look is a duplicate, and the first one stays."""

    share_id: UUID
    kind: str
    read_at: datetime
    provenance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The latest that is known of one kind on one share."""

    kind: CountedKind
    count: int
    read_at: datetime
    provenance: Provenance


def key_of(count: AcceptedCount) -> ReadingKey:
    """Return what makes a count the same as another."""
    return ReadingKey(count.share_id, count.kind, count.read_at, count.provenance)
