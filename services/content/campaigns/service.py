"""Use cases of campaigns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from libs.events.content import CampaignCreated
from libs.storage.database import Transaction
from services.content.campaigns import store
from services.content.campaigns.errors import CampaignNotFound
from services.content.campaigns.tables import Campaign
from services.content.programmes import service as programmes


async def create_campaign(
    tx: Transaction,
    campaign_id: UUID,
    *,
    programme_id: UUID,
    name: str,
    objective: str,
    kpi: str,
    target: int,
    starts_on: date,
    ends_on: date,
) -> Campaign:
    """Open a campaign in a programme. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    row = Campaign(
        id=campaign_id,
        programme_id=programme_id,
        name=name,
        objective=objective,
        kpi=kpi,
        target=target,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    await store.add(tx, row)
    told = row.model_dump(exclude={"id"})
    tx.emit(CampaignCreated(campaign_id=row.id, **told), key=str(programme_id))
    return row


async def get_campaign(tx: Transaction, campaign_id: UUID) -> Campaign:
    """Return a campaign. Raises CampaignNotFound."""
    if (row := await store.find(tx, campaign_id)) is None:
        raise CampaignNotFound(f"no campaign has the id {campaign_id}")
    return row


async def list_campaigns(tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Campaign]:
    """Return the next campaigns of a programme, oldest first. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    return await store.after(tx, programme_id, last, limit=limit)
