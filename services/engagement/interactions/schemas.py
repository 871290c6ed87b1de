"""Bodies of requests and answers about interactions; every item is judged on its own."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from libs.events.engagement import Kind
from libs.events.intake import Goal
from libs.web.texts import PRINTED
from services.engagement.intake.domain import Refusal
from services.engagement.intake.schemas import MOST_ITEMS, items_in, list_schema, refusal_of

LINE_TOO_LONG = InitErrorDetails(type=PydanticCustomError("line_too_long", "is longer than 64 KiB"), input=None)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _only_text(value: object) -> object:
    if not isinstance(value, str) or not RFC_3339.match(value):
        raise ValueError("must be an RFC 3339 time such as 2026-11-18T09:30:00+01:00")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PRINTED)]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=PRINTED)]
PostUrl = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=PRINTED)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"[^\s@]")]


class InteractionIn(BaseModel):
    """One interaction on one share, named by `share_id` or by `post_url`."""

    model_config = ConfigDict(extra="forbid")

    share_id: UUID | None = None
    post_url: Annotated[PostUrl | None, Field(description="The address of the post.")] = None
    kind: Kind
    source: Annotated[Source, Field(description="Who reports it, such as `linkedin-connector`.")]
    external_id: Annotated[
        ExternalId | None, Field(description="Its id at the source; the same pair is one thing.")
    ] = None
    person: Annotated[Person | None, Field(description="The handle; stored as a keyed hash only.")] = None
    answers: Annotated[ExternalId | None, Field(description="Of a reply: `external_id` of the comment.")] = None
    text: Annotated[str | None, Field(max_length=8000, description="Of a reply; measured, never stored.")] = None
    goal: Annotated[Goal | None, Field(description="Of a conversion.")] = None
    occurred_at: Moment
    provenance: Literal["measured", "imported", "declared"]


ITEM_SCHEMA: dict[str, Any] = InteractionIn.model_json_schema()  # Any: JSON Schema
LIST_SCHEMA = list_schema(InteractionIn)
# bodies are read from their bytes, so they are no parameter; this is how they stand in the OpenAPI document
BATCH_SCHEMA: dict[str, Any] = {
    "anyOf": [
        LIST_SCHEMA,
        {"type": "object", "required": ["interactions"], "properties": {"interactions": LIST_SCHEMA}},
    ]
}


# an item that is not of valid form stays as it came: one wrong item must not make all others be read a second time
_Read = Annotated[InteractionIn | Any, Field(union_mode="left_to_right")]  # Any: JSON
_Items = Annotated[list[_Read], Field(min_length=1, max_length=MOST_ITEMS)]


class _Wrapped(BaseModel):
    interactions: _Items


_WRAPPED = TypeAdapter(_Wrapped)
_LIST: TypeAdapter[list[Any]] = TypeAdapter(_Items)  # Any: see above
_ITEM = TypeAdapter(InteractionIn)
Placed = tuple[int, InteractionIn]  # with its place in the request


@dataclass(frozen=True, slots=True)
class Batch:
    """What could be read: the items of valid form by their places, and the refusals."""

    items: Sequence[Placed]
    refusals: Sequence[Refusal]


def read_batch(body: bytes) -> Batch:
    """Read a list, bare or as `interactions`: all at once, and a second time only those items that are at fault.

    Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items).
    """
    try:
        bare = body.lstrip()[:1] == b"["
        found = _LIST.validate_json(body) if bare else _WRAPPED.validate_json(body).interactions
    except ValidationError:
        found = []
    good = [(place, item) for place, item in enumerate(found) if isinstance(item, InteractionIn)]
    if found and len(good) == len(found):
        return Batch(good, [])
    known = {place for place, _ in good}
    items = items_in(body, "interactions", key="interactions")
    others = _read(((place, raw) for place, raw in enumerate(items) if place not in known), _ITEM.validate_python)
    return Batch(sorted([*good, *others.items], key=itemgetter(0)), others.refusals)


def read_lines(lines: Iterable[tuple[int, bytes | None]]) -> Batch:
    """Read items of which each stands on a line of its own; None is a line that was too long."""
    return _read(lines, _validate_line)


def _validate_line(line: object) -> InteractionIn:
    if line is None:
        raise ValidationError.from_exception_data("line", [LINE_TOO_LONG])
    assert isinstance(line, bytes)
    return _ITEM.validate_json(line)


def _read(items: Iterable[tuple[int, object]], validate: Callable[[object], InteractionIn]) -> Batch:
    good: list[Placed] = []
    refusals: list[Refusal] = []
    for place, raw in items:
        try:
            good.append((place, validate(raw)))
        except ValidationError as error:
            refusals.append(refusal_of(place, error))
    return Batch(good, refusals)
