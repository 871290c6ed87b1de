"""Bodies of requests and answers about interactions; every item is judged on its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json

from libs.events.engagement import Kind
from libs.problems import FieldError
from libs.web.errors import InvalidRequest, MalformedBody
from libs.web.problems import FieldErrorOut, field_path, reason_of
from services.engagement.intake.domain import Refusal

MOST_ITEMS = 1000
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _only_text(value: object) -> object:
    if not isinstance(value, str) or not RFC_3339.match(value):
        raise ValueError("must be an RFC 3339 time such as 2026-11-18T09:30:00+01:00")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^\P{Cc}+$")]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^\P{Cc}+$")]
Person = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"[^\s@]")]


class InteractionIn(BaseModel):
    """One interaction on one share, named by `share_id` or by `post_url`."""

    model_config = ConfigDict(extra="forbid")

    share_id: UUID | None = None
    post_url: Annotated[str | None, Field(max_length=2048)] = None
    kind: Kind
    source: Annotated[Source, Field(description="Who reports it, such as `linkedin-connector`.")]
    external_id: Annotated[ExternalId, Field(description="Its id at the source; the same pair is the same thing.")]
    person: Annotated[Person | None, Field(description="The handle; stored as a keyed hash only.")] = None
    answers: Annotated[ExternalId | None, Field(description="Of a reply: `external_id` of the comment.")] = None
    text: Annotated[str | None, Field(max_length=8000, description="Of a reply; measured, never stored.")] = None
    occurred_at: Moment
    provenance: Literal["measured", "imported", "declared"]


# The items are judged one by one, so the body is no model; this is how it stands in the OpenAPI document.
BATCH_SCHEMA: dict[str, Any] = {  # Any: JSON Schema
    "type": "object",
    "required": ["interactions"],
    "properties": {
        "interactions": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ITEMS,
            "items": InteractionIn.model_json_schema(),
        }
    },
}


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
    """What is safe on disk and will be applied, and what was refused."""

    receipt_id: UUID
    accepted: int
    rejected: list[RejectedOut]


@dataclass(frozen=True, slots=True)
class Batch:
    """A body that could be read: the items of valid form by their places, and the refusals."""

    items: Sequence[tuple[int, InteractionIn]]
    refusals: Sequence[Refusal]


def read_batch(body: bytes) -> Batch:
    """Read a body. Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items)."""
    items: list[tuple[int, InteractionIn]] = []
    refusals: list[Refusal] = []
    for place, raw in enumerate(_raw_items(body)):
        try:
            items.append((place, InteractionIn.model_validate(raw)))
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            refusals.append(Refusal(place, tuple(FieldError(field_path(f["loc"]), reason_of(f)) for f in faults[:20])))
    return Batch(items, refusals)


def _raw_items(body: bytes) -> list[object]:
    try:
        document = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBody(f"not JSON in UTF-8: {error}") from error
    items = document.get("interactions") if isinstance(document, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        reason = f"must be a list of 1 to {MOST_ITEMS} interactions"
        raise InvalidRequest(f"`interactions` {reason}", errors=[FieldError("interactions", reason)])
    return items
