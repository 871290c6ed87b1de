"""What one notice of a network comes to: an act that counts or is taken back, what cannot be used, or nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.events.engagement import Kind

ModelT = TypeVar("ModelT", bound="Form")
# of Unix time, up to where calendars reach
Milliseconds = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
Seconds = Annotated[int, Field(ge=0, le=253_402_300_799)]


class Form(BaseModel):
    """A part of a payload; what is not named here is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody did on a post, which `post_url` or one of `also` names.

    Where the network has no id for it, `only_once` says what happens at most once; it may name a person, so it is
    hashed. `own_url` is the address of what was written, under which others may answer it.
    """

    kind: Kind
    post_url: str
    person: str | None
    occurred_at: datetime
    external_id: str | None = None
    only_once: str | None = None
    answers: str | None = None
    text: str | None = None
    also: tuple[str, ...] = ()
    own_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """That an act was taken back; it is named as the act was, by `external_id` or by `only_once`."""

    what: str
    occurred_at: datetime
    external_id: str | None = None
    only_once: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A notice that cannot be used. It holds ids of posts and of what was written, never names or texts.

    What is `withdrawn` was taken back, and the network does not say what.
    """

    reason: Literal["unsupported-form", "withdrawn"]
    what: str
    why: str
    external_id: str | None = None
    post_url: str | None = None
    occurred_at: datetime | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """A notice that is none of our business, or says nothing new."""

    what: str


Notice: TypeAlias = Act | TakenBack | Unused | Ignored


def unsupported(what: str, why: str) -> Unused:
    """Return a notice of a form that cannot be read."""
    return Unused(reason="unsupported-form", what=what[:64], why=why)


def object_in(body: str) -> Mapping[str, Any] | None:  # Any: JSON of others
    """Return the JSON object in a body; None when it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read(form: type[ModelT], raw: object, what: str) -> ModelT | Unused:
    """Return a part of a payload, or what is wrong with its form (the places only, for values may be personal)."""
    try:
        return form.model_validate(raw)
    except ValidationError as error:
        places = {".".join(str(part) for part in fault["loc"]) or "body" for fault in error.errors(include_input=False)}
        return unsupported(what, "cannot be read: " + ", ".join(sorted(places)[:5]))


def moment(milliseconds: int) -> datetime:
    """Return a Unix time in milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def listed(value: object) -> list[object]:
    """Return a list; anything else is one of one."""
    return value if isinstance(value, list) else [value]
