"""Bodies of requests that take interactions back; every item is judged on its own."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.events.intake import AcceptedWithdrawal
from libs.problems import FieldError
from services.engagement.intake.domain import Judged, Refusal, refused_moment
from services.engagement.intake.schemas import items_in, list_schema, refusal_of
from services.engagement.interactions.schemas import ExternalId, Moment, Source


class WithdrawalIn(BaseModel):
    """One interaction that was taken back, named as it was reported."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[Source, Field(description="Who reported it, such as `linkedin-connector`.")]
    external_id: Annotated[ExternalId, Field(description="Its id at the source.")]
    withdrawn_at: Annotated[Moment | None, Field(description="When it was taken back; now where it is not said.")] = (
        None
    )


BATCH_SCHEMA = list_schema(WithdrawalIn)


def read_batch(body: bytes, now: datetime) -> Judged[AcceptedWithdrawal]:
    """Judge each item of a body by its form.

    Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items).
    """
    return Judged.of(_judged(place, raw, now=now) for place, raw in enumerate(items_in(body, "withdrawals")))


def _judged(place: int, raw: object, *, now: datetime) -> AcceptedWithdrawal | Refusal:
    try:
        item = WithdrawalIn.model_validate(raw)
    except ValidationError as error:
        return refusal_of(place, error)
    at = (item.withdrawn_at or now).astimezone(UTC)
    if reason := refused_moment(at, now=now):
        return Refusal(place, (FieldError("withdrawn_at", reason),))
    return AcceptedWithdrawal(source=item.source, external_id=item.external_id, withdrawn_at=at, place=place)
