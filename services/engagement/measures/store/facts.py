"""Statements about programmes, shares, members and campaigns as they were told, and about media rates."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from services.engagement.measures.domain.periods import Calendar
from services.engagement.measures.domain.rates import Rate, Rates
from services.engagement.measures.tables import MeasuredCampaign, MeasuredProgramme, MediaRate


async def add(tx: Transaction, table: type[SQLModel], row: Mapping[str, Any]) -> None:
    """Insert a fact unless it is there: what was told of once never changes."""
    await tx.run(insert(table).values(row).on_conflict_do_nothing())


async def find_calendar(tx: Transaction, programme_id: UUID) -> Calendar | None:
    """Return a programme's calendar."""
    row = await tx.session.get(MeasuredProgramme, programme_id)
    return Calendar(row.time_zone, row.first_day) if row else None


async def find_campaign(tx: Transaction, campaign_id: UUID) -> MeasuredCampaign | None:
    """Return a campaign."""
    return await tx.session.get(MeasuredCampaign, campaign_id)


async def campaigns_of(tx: Transaction, programme_id: UUID) -> Sequence[MeasuredCampaign]:
    """Return the campaigns of a programme, by id."""
    query = select(MeasuredCampaign).where(MeasuredCampaign.programme_id == programme_id)
    return (await tx.session.exec(query.order_by(col(MeasuredCampaign.campaign_id)))).all()


async def rates_of(tx: Transaction, programme_id: UUID) -> Rates | None:
    """Return a programme's media rates; None before any were set."""
    query = select(MediaRate).where(MediaRate.programme_id == programme_id).order_by(col(MediaRate.network))
    rows = (await tx.session.exec(query)).all()
    if not rows:
        return None
    return Rates(currency=rows[0].currency, networks={row.network: Rate(cpm=row.cpm, cpc=row.cpc) for row in rows})


async def replace_rates(tx: Transaction, programme_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put these rates in the place of all that a programme had."""
    await tx.run(delete(MediaRate).where(col(MediaRate.programme_id) == programme_id))
    if rows:
        await tx.run(insert(MediaRate), list(rows))
