"""Bodies of requests and answers about conversions, each judged on its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json

from libs.auth.person_keys import PersonKeys
from libs.events.intake import AcceptedInteraction, Goal
from libs.problems import FieldError
from libs.web.errors import InvalidRequest, MalformedBody
from libs.web.problems import field_path, reason_of
from services.engagement.conversions.domain import ConversionKey
from services.engagement.intake.domain import Refusal, refused_moment
from services.engagement.interactions.schemas import ExternalId, Moment, PostUrl

SOURCE = "conversions"
MOST_ITEMS = 1000
Visitor = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"[^\s@]")]


class ConversionIn(BaseModel):
    """One visitor who came from a share and reached a goal."""

    model_config = ConfigDict(extra="forbid")

    share_id: UUID | None = None
    post_url: Annotated[PostUrl | None, Field(description="The address of the post.")] = None
    goal: Goal
    visitor: Annotated[Visitor, Field(description="Any id that stays with the visitor; stored as a keyed hash only.")]
    occurred_at: Moment
    external_id: Annotated[ExternalId | None, Field(description="Its id in the sender's system.")] = None


ITEM = TypeAdapter(ConversionIn)
# bodies are read from their bytes once their signature is verified; this is how they stand in the OpenAPI document
BATCH_SCHEMA: dict[str, Any] = {  # Any: JSON Schema
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_ITEMS,
    "items": ConversionIn.model_json_schema(),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What of one request is of valid form, by place, and what is refused."""

    items: Sequence[tuple[int, ConversionIn]]
    refusals: Sequence[Refusal]


def read_batch(body: bytes, *, now: datetime) -> Judged:
    """Judge each item of a body by its form.

    Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items).
    """
    items: list[tuple[int, ConversionIn]] = []
    refusals: list[Refusal] = []
    for place, raw in enumerate(_raw_items(body)):
        found = _judged(place, raw, now=now)
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            items.append((place, found))
    return Judged(items, refusals)


def _raw_items(body: bytes) -> list[object]:
    try:
        items = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBody(f"not JSON in UTF-8: {error}") from error
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        reason = f"must be a list of 1 to {MOST_ITEMS} conversions"
        raise InvalidRequest(f"the body {reason}", errors=[FieldError("body", reason)])
    return items


def _judged(place: int, raw: object, *, now: datetime) -> ConversionIn | Refusal:
    try:
        item = ITEM.validate_python(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return Refusal(place, tuple(FieldError(field_path(f["loc"]), reason_of(f)) for f in faults[:20]))
    wrong: list[FieldError] = []
    if (item.share_id is None) == (item.post_url is None):
        wrong.append(FieldError("share_id", "give either share_id or post_url"))
    if reason := refused_moment(item.occurred_at, now=now):
        wrong.append(FieldError("occurred_at", reason))
    return Refusal(place, tuple(wrong)) if wrong else item


def accepted_of(place: int, item: ConversionIn, people: PersonKeys) -> AcceptedInteraction:
    """Return the interaction that a conversion is; without an id, all that is said of it identifies it."""
    return AcceptedInteraction(
        source=SOURCE,
        external_id=item.external_id,
        share_id=item.share_id,
        post_url=item.post_url,
        kind="conversion",
        name_key=people.of_name(item.visitor),
        occurred_at=item.occurred_at.astimezone(UTC),
        provenance="measured",
        goal=item.goal,
        place=place,
    )


class ConversionKeyOut(BaseModel):
    """A key, without its secret."""

    key_id: UUID
    programme_id: UUID
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None

    @classmethod
    def of(cls, key: ConversionKey) -> "ConversionKeyOut":
        """Shape a key."""
        return cls.model_validate(key, from_attributes=True)


class NewConversionKeyOut(ConversionKeyOut):
    """A new key with its secret, which is shown this once."""

    secret: str


class ConversionKeysOut(BaseModel):
    """All keys of a programme, oldest first."""

    items: list[ConversionKeyOut]
