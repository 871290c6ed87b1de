"""Answers about imports."""

from uuid import UUID

from pydantic import BaseModel

from libs.web.problems import FieldErrorOut
from services.engagement.intake.domain import Refusal


class RejectedRowOut(BaseModel):
    """One row that was refused, by its number (1 is the first after the header)."""

    row: int
    errors: list[FieldErrorOut]

    @classmethod
    def of(cls, refusal: Refusal) -> "RejectedRowOut":
        """Shape a refusal."""
        errors = [FieldErrorOut(field=error.field, reason=error.reason) for error in refusal.errors]
        return cls(row=refusal.place, errors=errors)


class ImportOut(BaseModel):
    """How many rows, and counts in them, are safe on disk and will be applied; the receipt counts counts."""

    receipt_id: UUID
    accepted: int
    counts: int
    rejected: list[RejectedRowOut]
