"""Use cases of campaigns."""

from collections.abc import Sequence
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.content import CampaignCreated
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.content.campaigns import store
from services.content.campaigns.errors import CampaignNotFound, UnknownCampaign
from services.content.campaigns.tables import Campaign
from services.content.programmes import service as programmes


async def create_campaign(tx: Transaction, row: Campaign) -> Campaign:
    """Open a campaign in a programme. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, row.programme_id)
    await store.add(tx, row)
    told = row.model_dump(exclude={"id"})
    tx.emit(CampaignCreated(campaign_id=row.id, **told), key=str(row.programme_id))
    return row


async def get_campaign(tx: Transaction, campaign_id: UUID, *, among: Programmes) -> Campaign:
    """Return a campaign of the programmes `among`. Raises CampaignNotFound."""
    row = await store.find(tx, campaign_id)
    if row is None or not within(among, row.programme_id):
        raise CampaignNotFound(f"no campaign has the id {campaign_id}")
    return row


async def named_campaign(tx: Transaction, campaign_id: UUID, programme_id: UUID) -> Campaign:
    """Return the campaign of a programme that a request names. Raises UnknownCampaign."""
    row = await store.find(tx, campaign_id)
    if row is None or row.programme_id != programme_id:
        raise UnknownCampaign(errors=[FieldError("campaign_id", "no campaign of this programme has this id")])
    return row


async def list_campaigns(tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Campaign]:
    """Return the next campaigns of a programme, oldest first. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    return await store.after(tx, programme_id, last, limit=limit)
