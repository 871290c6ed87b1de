"""Rules of taking back: which marks a set of withdrawals makes, and what it takes from what counted."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.events.intake import AcceptedWithdrawal, WithdrawalsAccepted
from services.engagement.intake.domain import Receipt
from services.engagement.interactions.domain import Interaction, Key

EVERYWHERE = UUID(int=0)  # the programme of what a network takes back: its ids are the same in all
Outcomes = Counter[str]  # withdrawn (with replies that lost their comment), repeated, waiting for what may still come


class Mark(NamedTuple):
    """That something was taken back, when as far as its source says, and the request that said so."""

    withdrawn_at: datetime
    receipt_id: UUID


class Withdrawn(NamedTuple):
    """An interaction that counts no longer. `comment_id` is of a reply whose comment was taken back."""

    interaction: Interaction
    withdrawn_at: datetime
    comment_id: UUID | None = None

    @property
    def counted(self) -> bool:
        """Whether it ever counted: a reply does once its comment is known."""
        return self.interaction.person is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What a set of withdrawals takes from what counted.

    `answered` are the comments that lost an answer, by their id: when the first answer that is left to each was given,
    None where none is.
    """

    withdrawn: Sequence[Withdrawn]
    answered: Mapping[UUID, datetime | None]


def marks_of(batches: Iterable[WithdrawalsAccepted]) -> dict[Key, Mark]:
    """Return what is taken back, in the order of keys; of what is said twice, the earliest."""
    marks: dict[Key, Mark] = {}
    for batch in batches:
        for one in batch.withdrawals:
            mark = Mark(one.withdrawn_at, batch.receipt_id)
            marks[key_of(batch, one)] = min(marks.get(key_of(batch, one), mark), mark)
    return dict(sorted(marks.items()))


def key_of(batch: WithdrawalsAccepted, one: AcceptedWithdrawal) -> Key:
    """Return what is meant: an id at a source, in a programme or in all."""
    return Key(batch.programme_id or EVERYWHERE, one.source, one.external_id)


def receipts_of(batches: Iterable[WithdrawalsAccepted], new: Collection[Key]) -> list[Receipt]:
    """Return what became of each request: new is what nobody had taken back before."""
    unsaid = set(new)
    counts: Counter[tuple[UUID, bool]] = Counter()
    sizes: Counter[UUID] = Counter()
    programmes: dict[UUID, UUID | None] = {}
    for batch in batches:
        size = len(batch.withdrawals) if batch.accepted is None else batch.accepted
        sizes[batch.receipt_id] = max(size, sizes[batch.receipt_id])
        programmes[batch.receipt_id] = batch.programme_id
        for one in batch.withdrawals:
            key = key_of(batch, one)
            counts[batch.receipt_id, key in unsaid] += 1
            unsaid.discard(key)
    return [
        Receipt(
            receipt_id=receipt_id,
            programme_id=programme_id,
            accepted=sizes[receipt_id],
            new=counts[receipt_id, True],
            duplicates=counts[receipt_id, False],
            conflicts=0,
        )
        for receipt_id, programme_id in programmes.items()
    ]
