"""Bodies of requests and answers that the doors have in common: lists of items, each judged on its own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from libs.problems import FieldError
from libs.web.errors import InvalidRequest, MalformedBody
from libs.web.problems import FieldErrorOut, field_path, reason_of
from services.engagement.intake.domain import Refusal

MOST_ITEMS = 1000
NAMED_FAULTS = 20  # of one item


def list_schema(item: type[BaseModel]) -> dict[str, Any]:  # Any: JSON Schema
    """Return how a list of 1 to 1000 items stands in the OpenAPI document: bodies are read from their bytes."""
    return {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": item.model_json_schema()}


def items_in(body: bytes, what: str, *, key: str | None = None) -> list[object]:
    """Return the items of a list in JSON, not judged yet; with a `key`, also of an object that has the list there.

    Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items; `what` is what they are).
    """
    try:
        document = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBody(f"not JSON in UTF-8: {error}") from error
    items = document.get(key) if key and isinstance(document, dict) else document
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        reason = f"must be a list of 1 to {MOST_ITEMS} {what}"
        where = f"`{key}`" if key else "the body"
        raise InvalidRequest(f"{where} {reason}", errors=[FieldError(key or "body", reason)])
    return items


def refusal_of(place: int, error: ValidationError) -> Refusal:
    """Return the refusal of an item that is not of valid form, with its first faults."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)[:NAMED_FAULTS]
    return Refusal(place, tuple(FieldError(field_path(fault["loc"]), reason_of(fault)) for fault in faults))


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

    @classmethod
    def of(cls, receipt_id: UUID, accepted: int, refusals: Sequence[Refusal]) -> "AcceptedOut":
        """Shape what became of a request of which all refusals are known."""
        rejected = [RejectedOut.of(refusal) for refusal in refusals]
        return cls(receipt_id=receipt_id, accepted=accepted, refused=len(refusals), rejected=rejected)
