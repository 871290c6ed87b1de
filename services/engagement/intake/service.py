"""Use cases of the intake: keeping what was accepted, and telling what became of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.bus.publish import Publisher
from libs.events.intake import CountsAccepted, InteractionsAccepted, WebhookReceived, WithdrawalsAccepted
from libs.problems import FieldError
from libs.storage.database import Transaction
from libs.storage.outbox import Message, message_of
from services.engagement.intake import store
from services.engagement.intake.domain import SHOWN_ERRORS, Moved, Receipt, Refusal, first_kept, may_be_pending
from services.engagement.intake.errors import NothingAccepted, ReceiptNotFound

Batched = InteractionsAccepted | CountsAccepted | WithdrawalsAccepted
LISTS: dict[type[Batched], str] = {
    InteractionsAccepted: "interactions",
    CountsAccepted: "counts",
    WithdrawalsAccepted: "withdrawals",
}
Accepted = Batched | WebhookReceived
Item = TypeVar("Item")
SLICE = 250  # items that are worked on in one go: one to three milliseconds, and then it is somebody else's turn
MESSAGE_BYTES = 900_000  # below NATS' default limit of 1 MiB, with room for headers


def nothing_accepted(refusals: Sequence[Refusal], *, field: str) -> NothingAccepted:
    """Return the problem of a request of which nothing is valid; faults are named as `field[place].name`."""
    errors = [
        FieldError(f"{field}[{refusal.place}].{error.field}", error.reason)
        for refusal in refusals
        for error in refusal.errors
    ]
    return NothingAccepted(f"{len(refusals)} refused and none accepted; see errors", errors=errors[:SHOWN_ERRORS])


async def in_slices(items: Sequence[Item]) -> AsyncIterator[Sequence[Item]]:
    """Yield items in slices; between two of them everything else in this process has its turn."""
    for start in range(0, len(items), SLICE):
        if start:
            await asyncio.sleep(0)
        yield items[start : start + SLICE]


async def keep(publisher: Publisher, accepted: Accepted, *, now: datetime) -> None:
    """Return once all that was accepted is on the broker's disk. Raises BusUnavailable: then it may or may not be.

    One message, or for a large request several in one atomic batch, together with what other requests keep in this
    moment. There is no outbox here: the request changes nothing in the database, so the broker alone is what must not
    lose it.
    """
    await publisher.publish_together(messages_of(accepted, now=now))


def messages_of(accepted: Accepted, *, now: datetime) -> list[Message]:
    """Return the sealed event, halved until each part fits into a message."""
    # the receipt as the key spreads requests over the partitions; their order does not matter
    message = message_of(accepted, key=str(accepted.receipt_id), service="engagement", now=now)
    if len(message.payload) <= MESSAGE_BYTES or isinstance(accepted, WebhookReceived):
        return [message]
    return [part for half in _halves(accepted) for part in messages_of(half, now=now)]


def _halves(accepted: Batched) -> tuple[Batched, Batched]:
    field = LISTS[type(accepted)]
    items = getattr(accepted, field)
    whole = len(items) if accepted.accepted is None else accepted.accepted
    middle = len(items) // 2
    first, second = (
        accepted.model_copy(update={field: half, "accepted": whole}) for half in (items[:middle], items[middle:])
    )
    return first, second


async def add_to_receipts(tx: Transaction, receipts: Sequence[Receipt]) -> None:
    """Write what became of requests, or of parts of them, with the effect itself."""
    await store.add_to_receipts(tx, receipts)


async def move_on_receipts(tx: Transaction, moved: Sequence[Moved]) -> None:
    """Write that items have left the quarantine."""
    if moved:
        await store.move(tx, moved)


async def get_receipt(tx: Transaction, receipt_id: UUID, *, among: Programmes, now: datetime) -> Receipt | None:
    """Return what became of a request to the programmes `among`, None while that is not known.

    Raises ReceiptNotFound. A request to another programme is as unknown as one that was never made.
    """
    found = await store.find_receipt(tx, receipt_id)
    if found is not None and not within(among, found.programme_id):
        found = None
    if found is None and not may_be_pending(receipt_id, now=now):
        raise ReceiptNotFound("receipts are kept for 30 days")
    return found


async def forget_old_receipts(tx: Transaction, *, now: datetime) -> None:
    """Delete receipts older than 30 days."""
    await store.delete_receipts_before(tx, first_kept(now))
