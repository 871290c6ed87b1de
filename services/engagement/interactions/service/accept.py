"""At the door: each item is judged on its own, and what is valid is kept by the broker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from libs.auth.person_keys import PersonKeys
from libs.bus.publish import Publisher
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from libs.problems import FieldError
from libs.similarity import tokens
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Refusal
from services.engagement.interactions import domain
from services.engagement.interactions.schemas import Batch, InteractionIn
from services.engagement.shares import service as shares
from services.engagement.shares.domain import KnownShare, ShareBook, refused_time


@dataclass(frozen=True, slots=True)
class Judged:
    """What of one request is valid, and what is refused, in the order of places."""

    accepted: Sequence[AcceptedInteraction]
    refusals: Sequence[Refusal]


async def shares_named(tx: Transaction, programme_id: UUID, batch: Batch) -> ShareBook:
    """Return the shares of the programme that the items name."""
    items = [item for _, item in batch.items]
    return await shares.book_of(
        tx,
        programme_id,
        ids={item.share_id for item in items if item.share_id is not None},
        post_urls={item.post_url for item in items if item.post_url is not None},
    )


def judge(batch: Batch, book: ShareBook, *, people: PersonKeys, now: datetime) -> Judged:
    """Judge each item. Takes time in proportion to the texts of replies, so call it off the event loop."""
    accepted: list[AcceptedInteraction] = []
    refusals = list(batch.refusals)
    for place, item in batch.items:
        judged = _judge_one(item, book.find(item.share_id, item.post_url), people=people, now=now)
        if isinstance(judged, AcceptedInteraction):
            accepted.append(judged)
        else:
            refusals.append(Refusal(place, tuple(judged)))
    return Judged(accepted, sorted(refusals, key=lambda refusal: refusal.place))


async def keep(publisher: Publisher, judged: Judged, *, receipt_id: UUID, programme_id: UUID, now: datetime) -> None:
    """Return once what is valid is on the broker's disk. Raises NothingAccepted, BusUnavailable."""
    if not judged.accepted:
        raise intake.nothing_accepted(judged.refusals, field="interactions")
    event = InteractionsAccepted(receipt_id=receipt_id, programme_id=programme_id, interactions=tuple(judged.accepted))
    await intake.keep(publisher, event, now=now)


def _judge_one(
    item: InteractionIn, share: KnownShare | FieldError, *, people: PersonKeys, now: datetime
) -> AcceptedInteraction | list[FieldError]:
    faults = domain.faults_of_form(item.kind, person=item.person, answers=item.answers, text=item.text)
    if isinstance(share, FieldError):
        return [share, *faults]
    person = people.of_handle(share.network, item.person) if item.person is not None else None
    if item.kind == "reply" and person and share.author_key and person != share.author_key:
        faults.append(FieldError("person", domain.NOT_THE_AUTHOR))
    if reason := refused_time(item.occurred_at, share, now=now):
        faults.append(FieldError("occurred_at", reason))
    return faults or _accepted(item, share, person, people)


def _accepted(item: InteractionIn, share: KnownShare, person: str | None, people: PersonKeys) -> AcceptedInteraction:
    words = [token.word for token in tokens(item.text)] if item.text is not None else None
    return AcceptedInteraction(
        source=item.source,
        external_id=item.external_id,
        share_id=share.share_id,
        kind=item.kind,
        person=None if item.kind == "reply" else person,
        occurred_at=item.occurred_at.astimezone(UTC),
        provenance=item.provenance,
        answers=item.answers,
        words=len(words) if words is not None else None,
        text_key=people.of_text(" ".join(words)) if words else None,
    )
