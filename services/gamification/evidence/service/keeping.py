"""Use cases that keep what is told: a batch of events of one type with one statement for each table."""

from collections.abc import Sequence

from libs.events.content import ProposalApproved
from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import TOUCHES
from services.gamification.evidence.store import Facts, measures


async def keep_shares(tx: Transaction, events: Sequence[SharePublished]) -> None:
    """Keep the numbers of shares."""
    rows = [
        (
            *(one.share_id, one.ambassador_id, one.programme_id, one.network, one.published_at),
            *(one.words, one.copied, one.parrot, one.self_repeats, one.audience, one.campaign_id),
        )
        for one in events
    ]
    await store.add(tx, Facts.SHARES, rows)


async def keep_proposal(tx: Transaction, event: ProposalApproved) -> None:
    """Keep that a proposal was taken up."""
    row = (event.proposal_id, event.programme_id, event.ambassador_id, event.approved_at)
    await store.add(tx, Facts.PROPOSALS, [row])


async def keep_interactions(tx: Transaction, events: Sequence[InteractionsRecorded]) -> None:
    """Keep touches, answers and conversions, each in its table."""
    rows: dict[Facts, list[tuple[object, ...]]] = {Facts.TOUCHES: [], Facts.ANSWERS: [], Facts.CONVERSIONS: []}
    for one in (interaction for event in events for interaction in event.interactions):
        who = one.interaction_id, one.share_id, one.ambassador_id, one.occurred_at, one.person
        if one.kind in TOUCHES:
            rows[Facts.TOUCHES].append((*who, one.colleague_id, one.kind))
        elif one.kind == "conversion":
            rows[Facts.CONVERSIONS].append(who)
        elif one.kind == "reply":  # others, such as a follow, score nothing
            asked_at, text_key = one.asked_at or one.occurred_at, one.text_key or str(one.interaction_id)
            rows[Facts.ANSWERS].append((*who, one.colleague_id, asked_at, one.words or 0, text_key))
    await measures.promise(tx)
    for facts, found in rows.items():
        await store.add(tx, facts, found)


async def keep_counts(tx: Transaction, events: Sequence[CountsReported]) -> None:
    """Keep readings."""
    rows = [
        (one.share_id, one.kind, one.read_at, one.provenance, one.ambassador_id, one.count)
        for event in events
        for one in event.counts
    ]
    await measures.promise(tx)
    await store.add(tx, Facts.READINGS, rows)
