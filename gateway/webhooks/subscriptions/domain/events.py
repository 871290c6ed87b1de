"""Which events a webhook can hear, and filters on their fields."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from libs.events.envelope import Event
from libs.events.topology import SUBSCRIPTIONS
from libs.problems import FieldError

Scalar = str | int | bool
# what the process hears and what names its programme: a webhook is of one programme
TOLD: dict[str, type[Event]] = {
    event.type: event
    for subscription in SUBSCRIPTIONS
    if subscription.listener == "webhooks"
    for event in subscription.events
    if "programme_id" in event.model_fields
}


def faults_of_types(types: Sequence[str]) -> list[FieldError]:
    """Return what is wrong with the types that a webhook asks for."""
    wrong = [
        FieldError(f"event_types[{place}]", "is no event that is told of a programme; see docs/events.md")
        for place, kind in enumerate(types)
        if kind not in TOLD
    ]
    if len(set(types)) != len(types):
        wrong.append(FieldError("event_types", "must name each type once"))
    return wrong


def normal_filters(types: Sequence[str], filters: Mapping[str, Scalar]) -> tuple[dict[str, Scalar], list[FieldError]]:
    """Return filters with each value as events have it, and what is wrong with them; `types` are known."""
    normal: dict[str, Scalar] = {}
    wrong: list[FieldError] = []
    for field, value in filters.items():
        try:
            normal[field] = _normal(types, field, value)
        except ValueError as error:
            wrong.append(FieldError(f"filters.{field}", str(error)))
    return normal, wrong


def matches(filters: Mapping[str, Scalar], event: Event) -> bool:
    """Whether an event has all these values."""
    if not filters:
        return True
    data = event.model_dump(mode="json", include=set(filters))
    return all(field in data and data[field] == value for field, value in filters.items())


def programme_of(event: Event) -> UUID:
    """Return the programme of an event that is told to webhooks."""
    programme_id: UUID = getattr(event, "programme_id")  # noqa: B009 - every class in TOLD has it
    return programme_id


def _normal(types: Sequence[str], field: str, value: Scalar) -> Scalar:
    if field == "programme_id":
        raise ValueError("is given by the path")
    found = {_normal_in(kind, field, value) for kind in types}
    if len(found) != 1:
        raise ValueError("is written in another way in each of the event types")
    return found.pop()


def _normal_in(kind: str, field: str, value: Scalar) -> Scalar:
    info = TOLD[kind].model_fields.get(field)
    if info is None:
        raise ValueError(f"is no field of {kind}")
    annotated: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation  # Any: a type
    adapter: TypeAdapter[Any] = TypeAdapter(annotated)
    try:
        normal = adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError as error:
        raise ValueError(f"is no value of {kind}: {error.errors()[0]['msg']}") from error
    if not isinstance(normal, Scalar):
        raise ValueError(f"has no single value in {kind}")  # noqa: TRY004 - to the caller it is a wrong value
    return normal
