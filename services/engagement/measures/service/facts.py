"""Remembering what other services told, and a customer's media rates."""

from datetime import datetime
from uuid import UUID

from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from libs.storage.database import Transaction
from services.engagement.measures.domain.periods import Calendar
from services.engagement.measures.domain.rates import Rates
from services.engagement.measures.errors import ProgrammeNotFound
from services.engagement.measures.store import facts as store
from services.engagement.measures.tables import (
    MeasuredCampaign,
    MeasuredMember,
    MeasuredProgramme,
    MeasuredShare,
)


async def remember_programme(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep a programme's calendar."""
    await store.add(tx, MeasuredProgramme, event.model_dump(include=set(MeasuredProgramme.model_fields)))


async def remember_campaign(tx: Transaction, event: CampaignCreated) -> None:
    """Keep a campaign's objective."""
    await store.add(tx, MeasuredCampaign, event.model_dump(include=set(MeasuredCampaign.model_fields)))


async def remember_member(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep since when somebody takes part."""
    await store.add(tx, MeasuredMember, event.model_dump(include=set(MeasuredMember.model_fields)))


async def remember_share(tx: Transaction, event: SharePublished) -> None:
    """Keep what a share belongs to and how its text was measured."""
    await store.add(tx, MeasuredShare, event.model_dump(include=set(MeasuredShare.model_fields)))


async def calendar_of(tx: Transaction, programme_id: UUID) -> Calendar:
    """Return a programme's calendar. Raises ProgrammeNotFound."""
    found = await store.find_calendar(tx, programme_id)
    if found is None:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}; if it is new, ask again in a moment")
    return found


async def get_rates(tx: Transaction, programme_id: UUID) -> Rates | None:
    """Return a programme's media rates; None before any were set. Raises ProgrammeNotFound."""
    await calendar_of(tx, programme_id)
    return await store.rates_of(tx, programme_id)


async def set_rates(tx: Transaction, programme_id: UUID, rates: Rates, *, now: datetime) -> None:
    """Put these rates in the place of all that a programme had. Raises ProgrammeNotFound."""
    await calendar_of(tx, programme_id)
    rows = [
        {
            "programme_id": programme_id,
            "network": network,
            "currency": rates.currency,
            "cpm": rate.cpm,
            "cpc": rate.cpc,
            "set_at": now,
        }
        for network, rate in rates.networks.items()
    ]
    await store.replace_rates(tx, programme_id, rows)
