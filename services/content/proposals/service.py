"""Use cases of proposals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.content import ProposalApproved
from libs.storage.database import Transaction
from services.content.campaigns import service as campaigns
from services.content.items import service as items
from services.content.items.tables import Caption
from services.content.programmes import service as programmes
from services.content.proposals import store
from services.content.proposals.domain import State
from services.content.proposals.errors import ProposalDecided, ProposalNotFound
from services.content.proposals.tables import Proposal


async def propose(tx: Transaction, row: Proposal) -> Proposal:
    """Keep what an ambassador of the programme suggests."""
    await store.save(tx, row)
    return row


async def get_proposal(tx: Transaction, proposal_id: UUID, *, among: Programmes, lock: bool = False) -> Proposal:
    """Return a proposal of the programmes `among`, held against other writers when `lock`. Raises ProposalNotFound."""
    row = await store.find(tx, proposal_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise ProposalNotFound(f"no proposal has the id {proposal_id}")
    return row


async def approve(
    tx: Transaction, row: Proposal, *, campaign_id: UUID, item_id: UUID, caption_id: UUID, now: datetime
) -> Proposal:
    """Draft the item in a campaign, with the proposal's text as its first caption. The row must be held.

    Raises ProposalDecided, UnknownCampaign.
    """
    _check_open(row)
    campaign = await campaigns.named_campaign(tx, campaign_id, row.programme_id)
    caption = Caption(id=caption_id, item_id=item_id, position=0, language=row.language, text=row.text)
    await items.draft_item(tx, item_id, campaign=campaign, title=row.title, url=row.url, captions=[caption])
    row.state, row.decided_at, row.item_id = State.APPROVED, now, item_id
    await store.save(tx, row)
    approved = ProposalApproved(
        proposal_id=row.id,
        programme_id=row.programme_id,
        ambassador_id=row.ambassador_id,
        item_id=item_id,
        approved_at=now,
    )
    tx.emit(approved, key=str(row.ambassador_id))
    return row


async def decline(tx: Transaction, row: Proposal, *, reason: str, now: datetime) -> Proposal:
    """Say why it will not be an item. The row must be held. Raises ProposalDecided."""
    _check_open(row)
    row.state, row.decided_at, row.reason = State.DECLINED, now, reason
    await store.save(tx, row)
    return row


def _check_open(row: Proposal) -> None:
    if row.decided_at is not None:
        raise ProposalDecided(f"{row.state} since {row.decided_at.isoformat()}")


async def list_proposals(
    tx: Transaction,
    programme_id: UUID,
    *,
    ambassador_id: UUID | None,
    state: State | None,
    last: UUID | None,
    limit: int,
) -> Sequence[Proposal]:
    """Return the next proposals of a programme, newest first: of one ambassador and in one state, where given.

    Raises ProgrammeNotFound.
    """
    await programmes.get_programme(tx, programme_id)
    return await store.before(tx, programme_id, ambassador_id=ambassador_id, state=state, last=last, limit=limit)
