"""Bodies of answers of the doors."""

from uuid import UUID

from pydantic import BaseModel

from libs.web.problems import FieldErrorOut
from services.engagement.intake.domain import Refusal


class RejectedOut(BaseModel):
    """One item that was refused, by its place (0 is the first)."""

    index: int
    errors: list[FieldErrorOut]

    @classmethod
    def of(cls, refusal: Refusal) -> "RejectedOut":
        """Shape a refusal."""
        errors = [FieldErrorOut(field=error.field, reason=error.reason) for error in refusal.errors]
        return cls(index=refusal.place, errors=errors)


class AcceptedOut(BaseModel):
    """What is safe on disk and will be applied, and what was refused: how many, and the first of them."""

    receipt_id: UUID
    accepted: int
    refused: int
    rejected: list[RejectedOut]
