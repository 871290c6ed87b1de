"""Use cases of webhooks: keeping what a network sent, and later reading it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import ValidationError

from libs.auth.person_keys import PersonKeys
from libs.bus.publish import Publisher
from libs.events.intake import (
    AcceptedInteraction,
    AcceptedWithdrawal,
    InteractionsAccepted,
    WebhookReceived,
    WithdrawalsAccepted,
)
from libs.storage.database import Transaction
from libs.web.errors import BodyTooLarge
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Judged, Receipt, Refusal
from services.engagement.interactions import service as interactions
from services.engagement.interactions.schemas import InteractionIn, Placed
from services.engagement.quarantine import service as quarantine
from services.engagement.quarantine.domain import Outcome, Quarantined, Reason, Unusable
from services.engagement.shares import service as shares
from services.engagement.shares.domain import share_name_of
from services.engagement.webhooks import store
from services.engagement.webhooks.domain import linkedin, meta, x
from services.engagement.webhooks.domain.notices import Act, Ignored, Notice, TakenBack, Unused
from services.engagement.webhooks.domain.signatures import Network
from services.engagement.webhooks.metrics import Outcomes
from services.engagement.webhooks.store import Delivered

KEPT = timedelta(days=400)  # how long an equal delivery is known to be a copy
MOST_TEXT = 8000
READERS: Mapping[Network, Callable[[str], list[Notice]]] = {
    "linkedin": linkedin.notices_in,
    "x": x.notices_in,
    "meta": meta.notices_in,
}


async def keep(publisher: Publisher, network: Network, body: str, *, receipt_id: UUID, now: datetime) -> None:
    """Return once a delivery is on the broker's disk, whole and unread. Raises BodyTooLarge, BusUnavailable."""
    event = WebhookReceived(receipt_id=receipt_id, network=network, body=body, received_at=now)
    if len(event.model_dump_json()) > intake.MESSAGE_BYTES - 2000:  # the envelope's
        raise BodyTooLarge("the network sends more than one message can hold")
    await intake.keep(publisher, event, now=now)


async def read(
    tx: Transaction, received: Sequence[WebhookReceived], *, people: PersonKeys
) -> tuple[list[InteractionsAccepted], Outcomes]:
    """Read deliveries: returns the interactions in them, to be applied in the same transaction, and what was found.

    What cannot be used goes to the quarantine, and what is taken back on to whoever takes back. A delivery that was
    read before has no effect.
    """
    by_body = {_key(one): one for one in reversed(received)}  # the first of equal ones
    fresh = await store.add_new(tx, {key: one.received_at for key, one in by_body.items()})
    outcomes: Outcomes = Counter((one.network, "replayed") for one in received)
    batches = []
    for key in sorted(fresh):
        one = by_body[key]
        outcomes[one.network, "replayed"] -= 1
        notices = READERS[one.network](one.body)
        outcomes.update((one.network, _outcome(notice)) for notice in notices)
        batches += await _read_one(tx, one, notices, people)
    return batches, +outcomes


async def apply_again(_tx: Transaction, waiting: Sequence[Quarantined]) -> dict[UUID, Outcome]:
    """Say of each notice in the quarantine why it still cannot be used: only an operator ends its waiting."""
    return {one.id: one.reason for one in waiting}


async def forget_old(tx: Transaction, *, now: datetime) -> None:
    """Forget deliveries of more than 400 days ago."""
    await store.forget_before(tx, now - KEPT)


def _key(one: WebhookReceived) -> Delivered:
    return one.network, hashlib.blake2b(one.body.encode(), digest_size=16).hexdigest()


def _outcome(notice: Notice) -> str:
    if isinstance(notice, Act):
        return "interaction"
    if isinstance(notice, TakenBack):
        return "taken-back"
    return "ignored" if isinstance(notice, Ignored) else notice.reason


async def _read_one(
    tx: Transaction, one: WebhookReceived, notices: Sequence[Notice], people: PersonKeys
) -> list[InteractionsAccepted]:
    acts = [notice for notice in notices if isinstance(notice, Act)]
    judged, unusable = _judge(one, acts, people)
    unusable += [_unusable(one, notice, people) for notice in notices if isinstance(notice, Unused)]
    taken = [_taken_back(one, notice, people) for notice in notices if isinstance(notice, TakenBack)]
    size = len(judged.accepted) + len(unusable) + len(taken)
    if taken:
        tx.emit(_taken_from(one, taken, size=size), key=str(one.receipt_id))
    if unusable:
        copies = len(await quarantine.put(tx, unusable))
        put = len(unusable) - copies
        await intake.add_to_receipts(tx, [_receipt(one, size=size, copies=copies, quarantined=put)])
    await shares.remember_aliases(tx, _aliases(acts))
    if not judged.accepted:
        return []
    return [
        InteractionsAccepted(
            receipt_id=one.receipt_id,
            programme_id=None,
            door="webhooks",
            interactions=tuple(judged.accepted),
            accepted=size,
        )
    ]


def _judge(
    one: WebhookReceived, acts: Sequence[Act], people: PersonKeys
) -> tuple[Judged[AcceptedInteraction], list[Unusable]]:
    """Judge acts by their form, as the door for interactions does with what others send."""
    good: list[Placed] = []
    unusable = []
    for place, act in enumerate(acts):
        try:
            good.append((place, _item(one.network, act, people)))
        except ValidationError:
            unusable.append(_refused(one, act, "unsupported-form", "has values that cannot be", people))
    judged = interactions.judge(good, people=people, now=one.received_at)
    return judged, [*unusable, *(_of_refusal(one, acts, refusal, people) for refusal in judged.refusals)]


def _taken_from(one: WebhookReceived, taken: Sequence[AcceptedWithdrawal], *, size: int) -> WithdrawalsAccepted:
    """Return what is handed on in one message: a body has 256 KiB, and what it takes back less than thrice that."""
    return WithdrawalsAccepted(
        receipt_id=one.receipt_id, programme_id=None, door="webhooks", withdrawals=tuple(taken), accepted=size
    )


def _taken_back(one: WebhookReceived, notice: TakenBack, people: PersonKeys) -> AcceptedWithdrawal:
    return AcceptedWithdrawal(
        source=one.network,
        external_id=_printable(notice.external_id or _once(notice.only_once, people) or ""),
        withdrawn_at=notice.occurred_at,
    )


def _once(only_once: str | None, people: PersonKeys) -> str | None:
    return f"once:{people.of_text(only_once)}" if only_once is not None else None


def _item(network: Network, act: Act, people: PersonKeys) -> InteractionIn:
    return InteractionIn.model_validate(
        {
            "post_url": act.post_url,
            "kind": act.kind,
            "source": network,
            "external_id": act.external_id or _once(act.only_once, people),
            "person": act.person,
            "answers": act.answers,
            "text": act.text[:MOST_TEXT] if act.text is not None else None,
            "occurred_at": act.occurred_at.isoformat(),
            "provenance": "measured",
        }
    )


def _of_refusal(one: WebhookReceived, acts: Sequence[Act], refusal: Refusal, people: PersonKeys) -> Unusable:
    fault = refusal.errors[0]
    reason: Reason = "impossible-time" if refusal.reason == "time" else "unsupported-form"
    return _refused(one, acts[refusal.place], reason, f"{fault.field}: {fault.reason}", people)


def _refused(one: WebhookReceived, act: Act, reason: Reason, why: str, people: PersonKeys) -> Unusable:
    said = Unused(
        reason="unsupported-form",
        what=act.kind,
        why=why,
        external_id=act.external_id,
        post_url=act.post_url,
        occurred_at=act.occurred_at,
        person=act.person,
    )
    return _unusable(one, said, people, reason=reason)


def _unusable(one: WebhookReceived, notice: Unused, people: PersonKeys, *, reason: Reason | None = None) -> Unusable:
    said = {
        "source": one.network,
        "what": notice.what,
        "why": notice.why,
        "external_id": notice.external_id,
        "post_url": notice.post_url,
        "occurred_at": notice.occurred_at.isoformat() if notice.occurred_at else None,
        "name_key": people.of_name(notice.person) if notice.person else None,
    }
    return Unusable(
        kind="webhook",
        programme_id=None,
        door="webhooks",
        reason=reason or notice.reason,
        share=share_name_of(None, None, _printable(notice.post_url)) if notice.post_url else None,
        item={name: _printable(value) for name, value in said.items() if value is not None},
        receipt_id=one.receipt_id,
    )


def _printable(text: str) -> str:
    """Return what PostgreSQL can hold of a text; JSON can hold more."""
    return "".join(filter(str.isprintable, text))[:512]


def _aliases(acts: Sequence[Act]) -> set[tuple[str, str]]:
    """Return which addresses lead to which: the two names of a post to each other, an answer to what it answers."""
    names = {(other, act.post_url) for act in acts for other in act.also}
    return names | {(url, other) for other, url in names} | {(act.own_url, act.post_url) for act in acts if act.own_url}


def _receipt(one: WebhookReceived, *, size: int, copies: int, quarantined: int) -> Receipt:
    return Receipt(
        receipt_id=one.receipt_id,
        programme_id=None,
        accepted=size,
        new=0,
        duplicates=copies,
        conflicts=0,
        quarantined=quarantined,
    )
