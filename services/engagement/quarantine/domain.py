"""Rules of the quarantine: what lies in it and why, and what trying again can lead to."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeGuard, cast
from uuid import UUID

from libs.events.intake import Door
from services.engagement.shares.domain import ShareName

KEPT = timedelta(days=30)  # how long what was applied in the end stays listed
AT_ONCE = 5_000  # items that one transaction tries again
NOT_SAID = ("place",)  # where an item stood in a request makes it no other item

ItemKind = Literal["interaction", "count", "webhook"]
State = Literal["open", "applied", "discarded"]
Reason = Literal[
    "unknown-share",
    "several-shares",
    "impossible-time",
    "impossible-value",
    "not-the-author",
    "unsupported-form",
    "withdrawn",
]
Used = Literal["new", "duplicate", "conflict"]
Outcome = Used | Reason
Outcomes = Counter[Outcome]
Item = Mapping[str, Any]  # Any: JSON as it was accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """One accepted item that cannot be used, or not yet. `share` is how it names its share; None for a webhook."""

    kind: ItemKind
    programme_id: UUID | None
    door: Door
    reason: Reason
    share: ShareName | None
    item: Item
    receipt_id: UUID
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One item in the quarantine; `place` is where it stood in its request, `tries` how often it was tried again."""

    id: UUID
    kind: ItemKind
    programme_id: UUID | None
    door: Door
    reason: Reason
    share_id: UUID | None
    address: str | None
    item: Item
    receipt_id: UUID
    place: int | None
    arrived_at: datetime
    state: State
    tries: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the audit: who did what to an item, when, and with which outcome. `by` None is the service itself."""

    quarantined_id: UUID
    at: datetime
    by: str | None
    act: Literal["retry", "discard"]
    outcome: str
    note: str | None


def digest_of(unusable: Unusable) -> str:
    """Return what two copies of one item agree in; only one of them waits."""
    said = {name: value for name, value in unusable.item.items() if name not in NOT_SAID}
    text = json.dumps([unusable.kind, str(unusable.programme_id), said], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def is_used(outcome: Outcome) -> TypeGuard[Used]:
    """Whether an item leaves the quarantine by this outcome."""
    return outcome in {"new", "duplicate", "conflict"}


def after(item: Quarantined, outcome: Outcome) -> Quarantined:
    """Return an item as it is once it was tried again."""
    tried = replace(item, tries=item.tries + 1)
    return replace(tried, state="applied") if is_used(outcome) else replace(tried, reason=cast("Reason", outcome))
