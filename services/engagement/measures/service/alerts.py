"""Everything that a manager of a programme should look at now."""

from datetime import datetime
from uuid import UUID

from libs.storage.database import Transaction
from services.engagement.measures.domain import alerts as rules
from services.engagement.measures.domain.alerts import Alert, Volume
from services.engagement.measures.domain.periods import Calendar, Span
from services.engagement.measures.service.facts import calendar_of
from services.engagement.measures.service.numbers import Question, page_of_measures
from services.engagement.measures.service.people import participation_of
from services.engagement.measures.service.progress import progress_in
from services.engagement.measures.store import facts
from services.engagement.measures.store import people as store


async def alerts_of(tx: Transaction, programme_id: UUID, *, now: datetime) -> list[Alert]:
    """Return the alerts of a programme, one rule after the other. Raises ProgrammeNotFound."""
    calendar = await calendar_of(tx, programme_id)
    found: list[Alert | None] = [
        *await _unmet(tx, programme_id, now),
        await _unanswered(tx, programme_id, now),
        await _copied(tx, programme_id, now),
        await _tired(tx, programme_id, now),
        await _silent(tx, programme_id, calendar, now),
        *await _behind(tx, programme_id, calendar, now),
    ]
    return [alert for alert in found if alert is not None]


async def _unmet(tx: Transaction, programme_id: UUID, now: datetime) -> list[Alert]:
    span = Span(now - rules.LOOKED_BACK, now - rules.TO_REACT)
    return [
        rules.shares_without_reaction(
            "item" if row["item_id"] else "programme",
            row["item_id"] or programme_id,
            shares=row["shares"],
            authors=row["people"],
            since=row["since"],
        )
        for row in await store.unmet_of(tx, programme_id, span, least=rules.LEAST_SHARES)
    ]


async def _unanswered(tx: Transaction, programme_id: UUID, now: datetime) -> Alert | None:
    since, before = now - rules.ANSWERS_LOOKED_BACK, now - rules.TO_ANSWER
    row = await store.unanswered_of(tx, programme_id, since=since, before=before)
    return rules.comments_unanswered(programme_id, comments=row["comments"], authors=row["people"], since=row["since"])


async def _copied(tx: Transaction, programme_id: UUID, now: datetime) -> Alert | None:
    span = Span(now - rules.LOOKED_BACK, now)
    row = await store.copied_of(tx, programme_id, span, part=rules.COPIED)
    return rules.texts_copied(
        programme_id, shares=row["shares"], copied=row["copied"], authors=row["people"], since=span.start
    )


async def _tired(tx: Transaction, programme_id: UUID, now: datetime) -> Alert | None:
    """Two spans of four weeks; the last week is left out, as its shares have not drawn all that they will."""
    end = now - rules.TO_COUNT
    middle = end - rules.LOOKED_BACK
    before = await _volume(tx, programme_id, Span(middle - rules.LOOKED_BACK, middle))
    after = await _volume(tx, programme_id, Span(middle, end))
    return rules.more_shares_less_engagement(programme_id, before=before, after=after, since=middle)


async def _volume(tx: Transaction, programme_id: UUID, span: Span) -> Volume:
    question = Question(programme_id=programme_id, by="programme", span=span)
    groups = await page_of_measures(tx, question, after=None, limit=1)
    return Volume(groups[0].measure.tally.shares, groups[0].measure.engagement) if groups else Volume(0, 0)


async def _silent(tx: Transaction, programme_id: UUID, calendar: Calendar, now: datetime) -> Alert | None:
    _, counted = await participation_of(tx, programme_id, calendar.day_of(now).replace(day=1), now=now)
    return rules.members_silent(programme_id, settled=counted.settled, silent=counted.silent)


async def _behind(tx: Transaction, programme_id: UUID, calendar: Calendar, now: datetime) -> list[Alert | None]:
    today = calendar.day_of(now)
    return [
        rules.campaign_behind(campaign.campaign_id, await progress_in(tx, campaign, calendar, now=now))
        for campaign in await facts.campaigns_of(tx, programme_id)
        if campaign.starts_on <= today <= campaign.ends_on
    ]
