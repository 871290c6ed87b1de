"""At the door: each item is judged by its form alone, and what is valid is kept by the broker."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from libs.auth.person_keys import PersonKeys
from libs.bus.publish import Publisher
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from libs.problems import FieldError
from libs.similarity import tokens
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Judged, Refusal, refused_moment
from services.engagement.interactions import domain
from services.engagement.interactions.schemas import InteractionIn, Placed
from services.engagement.shares.domain import faults_of_naming

ACCEPTED = TypeAdapter(list[AcceptedInteraction])


def judge(items: Sequence[Placed], *, people: PersonKeys, now: datetime) -> Judged[AcceptedInteraction]:
    """Judge each item by its form; whose share is meant is found when it is applied."""
    accepted: list[Mapping[str, object]] = []
    refusals: list[Refusal] = []
    for place, item in items:
        if faults := _faults(item, now=now):
            refusals.append(Refusal(place, tuple(faults)))
        else:
            accepted.append(_accepted(place, item, people))
    # made all at once, which takes half the time of one by one
    return Judged(ACCEPTED.validate_python(accepted), refusals)


async def keep(
    publisher: Publisher,
    judged: Judged[AcceptedInteraction],
    *,
    receipt_id: UUID,
    programme_id: UUID,
    now: datetime,
    size: int | None,
) -> None:
    """Return once what is valid is on the broker's disk. Raises BusUnavailable.

    `size` is that of the whole request: None when this is all of it, 0 while the end of a stream has not come.
    """
    event = InteractionsAccepted(
        receipt_id=receipt_id,
        programme_id=programme_id,
        door="interactions",
        interactions=tuple(judged.accepted),
        accepted=size,
    )
    await intake.keep(publisher, event, now=now)


def _faults(item: InteractionIn, *, now: datetime) -> list[FieldError]:
    faults = faults_of_naming(item.share_id, item.post_url)
    faults += domain.faults_of_form(item.kind, person=item.person, answers=item.answers, text=item.text, goal=item.goal)
    if reason := refused_moment(item.occurred_at, now=now):
        faults.append(FieldError("occurred_at", reason))
    return faults


def _accepted(place: int, item: InteractionIn, people: PersonKeys) -> Mapping[str, object]:
    words = [token.word for token in tokens(item.text)] if item.text is not None else None
    return {
        "source": item.source,
        "external_id": item.external_id,
        "share_id": item.share_id,
        "post_url": item.post_url,
        "kind": item.kind,
        "name_key": people.of_name(item.person) if item.person is not None else None,
        "occurred_at": item.occurred_at.astimezone(UTC),
        "provenance": item.provenance,
        "answers": item.answers,
        "words": len(words) if words is not None else None,
        "text_key": people.of_text(" ".join(words)) if words else None,
        "goal": item.goal,
        "place": place,
    }
