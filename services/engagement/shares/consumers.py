"""What sharing and content tell, kept as far as attribution needs it."""

from libs.events.content import ProgrammeCreated
from libs.events.sharing import ConsentGiven, ConsentWithdrawn, SharePublished
from libs.storage.database import Transaction
from services.engagement.shares import service


async def on_programme_created(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep the time zone."""
    await service.remember_programme(tx, event.programme_id, time_zone=event.time_zone)


async def on_share_published(tx: Transaction, event: SharePublished) -> None:
    """Keep the share, so that what comes back can be attributed."""
    await service.remember_share(
        tx,
        event.share_id,
        programme_id=event.programme_id,
        ambassador_id=event.ambassador_id,
        network=event.network,
        post_url=event.post_url,
        published_at=event.published_at,
    )


async def on_consent_given(tx: Transaction, event: ConsentGiven) -> None:
    """Keep the ambassador's key, which marks a colleague among those who react from now on."""
    await service.remember_handle(
        tx,
        event.ambassador_id,
        event.network,
        programme_id=event.programme_id,
        person_key=event.person_key,
        given_at=event.given_at,
    )


async def on_consent_withdrawn(tx: Transaction, event: ConsentWithdrawn) -> None:
    """Forget the ambassador's key on that network."""
    await service.forget_handle(
        tx, event.ambassador_id, event.network, programme_id=event.programme_id, withdrawn_at=event.withdrawn_at
    )
