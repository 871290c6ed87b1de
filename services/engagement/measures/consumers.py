"""What content and sharing tell, kept as far as measures need it."""

from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from libs.storage.database import Transaction
from services.engagement.measures import service


async def on_programme_created(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep the calendar."""
    await service.remember_programme(tx, event)


async def on_campaign_created(tx: Transaction, event: CampaignCreated) -> None:
    """Keep the objective."""
    await service.remember_campaign(tx, event)


async def on_ambassador_enrolled(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep the day of joining."""
    await service.remember_member(tx, event)


async def on_share_published(tx: Transaction, event: SharePublished) -> None:
    """Keep what the share belongs to."""
    await service.remember_share(tx, event)
