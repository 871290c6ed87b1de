"""Bodies of answers of the doors."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.engagement.intake.domain import Receipt


class ReceiptOut(BaseModel):
    """What became of one request; the numbers are null while it is pending."""

    receipt_id: UUID
    status: Literal["pending", "applied"]
    accepted: int | None
    new: int | None
    duplicates: int | None
    conflicts: int | None

    @classmethod
    def of(cls, receipt_id: UUID, receipt: Receipt | None) -> "ReceiptOut":
        """Shape a receipt; None, or one that is applied in part, is pending."""
        if receipt is None or not receipt.applied:
            return cls(
                receipt_id=receipt_id, status="pending", accepted=None, new=None, duplicates=None, conflicts=None
            )
        return cls(
            receipt_id=receipt_id,
            status="applied",
            accepted=receipt.accepted,
            new=receipt.new,
            duplicates=receipt.duplicates,
            conflicts=receipt.conflicts,
        )
