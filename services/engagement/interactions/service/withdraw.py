"""Taking back: marks that outlive the order of reports, and what they take from what counted, in one transaction."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from libs.events.intake import WithdrawalsAccepted
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.interactions import domain, store
from services.engagement.interactions.domain import Interaction, Key
from services.engagement.interactions.domain.withdrawals import Outcomes, TakenBack, Withdrawn, marks_of, receipts_of
from services.engagement.interactions.service.telling import counted, tell_withdrawn
from services.engagement.interactions.store import withdrawals

# What a noun above does in the same transaction with what counts no longer; nobody applies meanwhile.
Unfollow = Callable[[Transaction, TakenBack], Awaitable[None]]


async def withdraw(tx: Transaction, batches: Sequence[WithdrawalsAccepted], *, unfollow: Unfollow) -> Outcomes:
    """Take back what batches name: what is known counts no longer, and what is not will not count when it comes.

    Whoever is told so twice, and in whichever order, ends in the same state. A comment takes the replies to it along.
    """
    marks = marks_of(batches)
    await store.hold_off_applying(tx)
    new = await withdrawals.add_marks(tx, marks)
    withdrawn = await withdrawals.take_back(tx, marks)
    taken = [one for one in withdrawn if one.counted]
    taken += await _part(tx, [one for one in taken if one.interaction.kind == "comment"])
    counts = counted(one.interaction for one in taken)
    await store.count(tx, {key: (-others, -own) for key, (others, own) in counts.items()})
    await tell_withdrawn(tx, [one for one in taken if not one.interaction.own])
    await unfollow(tx, TakenBack(withdrawn=taken, answered=await _answered(tx, taken)))
    await intake.add_to_receipts(tx, receipts_of(batches, new))
    met = {(one.interaction.key.source, one.interaction.key.external_id) for one in withdrawn}
    waiting = sum((key.source, key.external_id) not in met for key in new)
    said = sum(len(batch.withdrawals) for batch in batches)
    return +Counter({"withdrawn": len(taken), "repeated": said - len(new), "waiting": waiting})


async def _part(tx: Transaction, comments: Sequence[Withdrawn]) -> list[Withdrawn]:
    if not comments:
        return []
    replies = await withdrawals.part(tx, [one.interaction for one in comments])
    when = {one.interaction.interaction_id: one.withdrawn_at for one in comments}
    asked = [(reply, domain.interaction_id_of(_asked(reply))) for reply in replies]
    return [Withdrawn(reply, when[comment_id], comment_id) for reply, comment_id in asked]


async def _answered(tx: Transaction, taken: Sequence[Withdrawn]) -> dict[UUID, datetime | None]:
    """Return what is left of the answers to comments that lost one and still count."""
    comments = {_asked(one.interaction) for one in taken if one.interaction.kind == "reply" and not one.comment_id}
    return await withdrawals.first_answers(tx, comments) if comments else {}


def _asked(reply: Interaction) -> Key:
    assert reply.answers is not None  # else it would not have counted
    return reply.key._replace(external_id=reply.answers)
