"""Bodies of requests and answers about conversions, each judged on its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from libs.auth.person_keys import PersonKeys
from libs.events.intake import AcceptedInteraction, Goal
from libs.problems import FieldError
from services.engagement.conversions.domain import ConversionKey
from services.engagement.intake.domain import Refusal, refused_moment
from services.engagement.intake.schemas import items_in, list_schema, refusal_of
from services.engagement.interactions.schemas import ExternalId, Moment, PostUrl
from services.engagement.shares.domain import faults_of_naming

SOURCE = "conversions"
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
BATCH_SCHEMA = list_schema(ConversionIn)


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
    for place, raw in enumerate(items_in(body, "conversions")):
        found = _judged(place, raw, now=now)
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            items.append((place, found))
    return Judged(items, refusals)


def _judged(place: int, raw: object, *, now: datetime) -> ConversionIn | Refusal:
    try:
        item = ITEM.validate_python(raw)
    except ValidationError as error:
        return refusal_of(place, error)
    wrong = faults_of_naming(item.share_id, item.post_url)
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
