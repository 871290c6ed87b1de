"""Bodies of requests and answers about the quarantine and about receipts."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, StringConstraints

from libs.events.intake import Door
from libs.web.texts import ONE_LINE
from services.engagement.intake.domain import Receipt
from services.engagement.quarantine.domain import Act, ItemKind, Quarantined, Reason, State
from services.engagement.quarantine.store import Counted

SHOWN_ITEMS = 20


class QuarantinedOut(BaseModel):
    """One item; `item` is as it was accepted, with keyed hashes in place of people."""

    id: UUID
    kind: ItemKind
    programme_id: UUID | None
    door: Door
    reason: Reason
    share_id: UUID | None
    post_url: str | None
    item: dict[str, Any]  # Any: JSON
    receipt_id: UUID
    place: int | None
    arrived_at: AwareDatetime
    state: State
    tries: int
    changed_at: AwareDatetime

    @classmethod
    def of(cls, item: Quarantined) -> "QuarantinedOut":
        """Shape an item."""
        values = asdict(item)
        values["post_url"] = values.pop("address")
        return cls(**values)


class ActOut(BaseModel):
    """One line of the audit; `by` is a keyed hash of the operator's subject, null for the service itself."""

    at: AwareDatetime
    by: str | None
    act: Literal["retry", "discard"]
    outcome: str
    note: str | None


class QuarantinedWithActsOut(QuarantinedOut):
    """One item with its audit, oldest line first."""

    acts: list[ActOut]

    @classmethod
    def with_acts(cls, item: Quarantined, acts: Sequence[Act]) -> "QuarantinedWithActsOut":
        """Shape an item and its audit."""
        lines = [ActOut(at=act.at, by=act.by, act=act.act, outcome=act.outcome, note=act.note) for act in acts]
        return cls(**QuarantinedOut.of(item).model_dump(), acts=lines)


class ReasonCountOut(BaseModel):
    """How many items wait for one reason, and when the oldest arrived."""

    reason: Reason
    count: int
    oldest: AwareDatetime


class ReasonsOut(BaseModel):
    """Why items wait, the most frequent reason first."""

    items: list[ReasonCountOut]

    @classmethod
    def of(cls, counted: Sequence[Counted]) -> "ReasonsOut":
        """Shape counts."""
        return cls(items=[ReasonCountOut(reason=one.reason, count=one.count, oldest=one.oldest) for one in counted])


class DiscardIn(BaseModel):
    """Why an item is discarded."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=ONE_LINE)]


class UnusableOut(BaseModel):
    """One item of a request that lies in the quarantine; `place` is where it stood, 0 first."""

    id: UUID
    place: int | None
    reason: Reason
    state: State


class ReceiptOut(BaseModel):
    """What became of one request; the numbers are null while it is pending.

    `quarantined` could not be used, or not yet: the first of these are named, and counted elsewhere once they are used.
    """

    receipt_id: UUID
    status: Literal["pending", "applied"]
    accepted: int | None
    new: int | None
    duplicates: int | None
    conflicts: int | None
    quarantined: int | None
    first_quarantined: list[UnusableOut]

    @classmethod
    def of(cls, receipt_id: UUID, receipt: Receipt | None, unusable: Sequence[Quarantined]) -> "ReceiptOut":
        """Shape a receipt; None, or one that is applied in part, is pending."""
        done = receipt if receipt is not None and receipt.applied else None
        return cls(
            receipt_id=receipt_id,
            status="applied" if done else "pending",
            accepted=done.accepted if done else None,
            new=done.new if done else None,
            duplicates=done.duplicates if done else None,
            conflicts=done.conflicts if done else None,
            quarantined=done.quarantined if done else None,
            first_quarantined=[
                UnusableOut(id=one.id, place=one.place, reason=one.reason, state=one.state) for one in unusable
            ],
        )
