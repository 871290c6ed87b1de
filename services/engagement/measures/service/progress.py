"""A campaign's KPI against its target and its time."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.storage.database import Transaction
from services.engagement.measures.domain.numbers import Measure, Number
from services.engagement.measures.domain.periods import Calendar
from services.engagement.measures.domain.progress import Progress, elapsed_of
from services.engagement.measures.errors import CampaignNotFound
from services.engagement.measures.service.facts import calendar_of
from services.engagement.measures.service.numbers import measure_campaign
from services.engagement.measures.store import facts, people
from services.engagement.measures.tables import MeasuredCampaign

# every KPI that content offers but the people, who are counted elsewhere
KPIS: dict[str, Callable[[Measure], Number]] = {
    "reach": lambda measure: measure.of("reach"),
    "reactions": lambda measure: measure.of("reaction"),
    "comments": lambda measure: measure.of("comment"),
    "reshares": lambda measure: measure.of("reshare"),
    "clicks": lambda measure: measure.of("click"),
    "conversions": lambda measure: measure.conversions,
}


async def get_campaign(tx: Transaction, campaign_id: UUID, *, among: Programmes) -> MeasuredCampaign:
    """Return a campaign of the programmes `among`. Raises CampaignNotFound."""
    found = await facts.find_campaign(tx, campaign_id)
    if found is None or not within(among, found.programme_id):
        raise CampaignNotFound(f"no campaign has the id {campaign_id}; if it is new, ask again in a moment")
    return found


async def progress_of(tx: Transaction, campaign: MeasuredCampaign, *, now: datetime) -> Progress:
    """Return how far a campaign has come. Raises ProgrammeNotFound while its calendar is not told of."""
    return await progress_in(tx, campaign, await calendar_of(tx, campaign.programme_id), now=now)


async def progress_in(tx: Transaction, campaign: MeasuredCampaign, calendar: Calendar, *, now: datetime) -> Progress:
    """Return the same in a known calendar."""
    number = await _number(tx, campaign)
    return Progress(
        kpi=campaign.kpi,
        target=campaign.target,
        number=number,
        reached=round(number.value / campaign.target, 4),
        elapsed=elapsed_of(campaign.starts_on, campaign.ends_on, calendar, now=now),
    )


async def _number(tx: Transaction, campaign: MeasuredCampaign) -> Number:
    if campaign.kpi not in KPIS:
        active = await people.active_in_campaign(tx, campaign.campaign_id)
        return Number(measured=active, people=active)
    measure = await measure_campaign(tx, campaign.campaign_id)
    return KPIS[campaign.kpi](measure) if measure else Number()
