"""Routes of measures: numbers of groups of shares, participation, progress, alerts, and media rates."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.events.sharing import Network
from libs.problems import FieldError
from libs.process.parts import App
from libs.web.errors import InvalidCursor
from libs.web.pages import Cursor, Limit, Page, decode_cursor, page_of, time_and_id_after
from libs.web.problems import problems
from services.engagement.measures import service
from services.engagement.measures.domain.numbers import By
from services.engagement.measures.domain.periods import span_of
from services.engagement.measures.errors import CampaignNotFound, InvalidGroup, InvalidPeriod, ProgrammeNotFound
from services.engagement.measures.schemas import (
    AlertOut,
    AlertsOut,
    MeasureOut,
    ParticipationOut,
    ProgressOut,
    RatesIn,
    RatesOut,
)
from services.engagement.measures.service import Group, Question

router = APIRouter(tags=["measures"])
Reader = Annotated[Principal, Depends(require("engagement:read"))]
Editor = Annotated[Principal, Depends(require("engagement:write"))]
Period = Annotated[str, Query(max_length=16, description="`2026-11-22`, `2026-W47`, `2026-11`, `S003` or `all`.")]
Ids = Annotated[list[str] | None, Query(max_length=200, description="Only these keys of the groups.")]
MonthName = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="`2026-11`.")]
KEY = re.compile(r"[0-9a-z-]{0,40}")


@router.get(
    "/measures",
    operation_id="list_measures",
    responses=problems(ProgrammeNotFound, ForeignProgramme, InvalidPeriod, InvalidGroup, InvalidCursor),
)
async def list_measures(
    programme_id: UUID,
    by: By,
    caller: Reader,
    app: App,
    period: Period = "all",
    ids: Ids = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MeasureOut]:
    """Return what the shares that were published in a period have drawn until now, in groups."""
    caller.enter(programme_id)
    keys = _keys(by, ids)
    after = time_and_id_after(cursor) if by == "share" else _key_after(cursor)
    async with app.db.transaction() as tx:
        span = span_of(period, await service.calendar_of(tx, programme_id))
        question = Question(programme_id=programme_id, by=by, span=span, keys=keys)
        found = await service.page_of_measures(tx, question, after=after, limit=limit + 1)
        rates = await service.get_rates(tx, programme_id)
    return page_of(found, limit, shape=lambda group: MeasureOut.of(group, by, rates), position=_position)


@router.get(
    "/programmes/{programme_id}/participation",
    operation_id="get_participation",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_participation(programme_id: UUID, month: MonthName, by: Reader, app: App) -> ParticipationOut:
    """Return how the members of a month took part in it."""
    by.enter(programme_id)
    first, now = date.fromisoformat(f"{month}-01"), app.clock.now()
    async with app.db.transaction() as tx:
        found, counted = await service.participation_of(tx, programme_id, first, now=now)
    return ParticipationOut.of(month, found, counted)


@router.get(
    "/campaigns/{campaign_id}/progress",
    operation_id="get_campaign_progress",
    responses=problems(CampaignNotFound, ProgrammeNotFound),
)
async def get_campaign_progress(campaign_id: UUID, by: Reader, app: App) -> ProgressOut:
    """Return a campaign's KPI against its target, and the part of its time that has gone."""
    async with app.db.transaction() as tx:
        campaign = await service.get_campaign(tx, campaign_id, among=by.programmes)
        found = await service.progress_of(tx, campaign, now=app.clock.now())
    return ProgressOut.of(campaign_id, campaign.objective, found)


@router.get(
    "/programmes/{programme_id}/alerts",
    operation_id="list_alerts",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def list_alerts(programme_id: UUID, by: Reader, app: App) -> AlertsOut:
    """Return what a manager should look at, each with its reason; nobody is named."""
    by.enter(programme_id)
    now = app.clock.now()
    async with app.db.transaction() as tx:
        found = await service.alerts_of(tx, programme_id, now=now)
    return AlertsOut(at=now, items=[AlertOut.of(alert) for alert in found])


@router.get(
    "/programmes/{programme_id}/rates",
    operation_id="get_rates",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_rates(programme_id: UUID, by: Reader, app: App) -> RatesOut:
    """Return the prices behind the earned media value."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return RatesOut.of(await service.get_rates(tx, programme_id))


@router.put(
    "/programmes/{programme_id}/rates",
    operation_id="set_rates",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def set_rates(programme_id: UUID, body: RatesIn, by: Editor, app: App) -> RatesOut:
    """Set the prices of media, for reports only: they never touch points."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await service.set_rates(tx, programme_id, body.value(), now=app.clock.now())
        return RatesOut.of(await service.get_rates(tx, programme_id))


def _keys(by: By, ids: Sequence[str] | None) -> list[str] | None:
    """Return the keys as the groups have them. Raises InvalidGroup."""
    if ids is None:
        return None
    if by == "network":
        if unknown := set(ids) - set(get_args(Network)):
            raise _invalid("is no network", len(unknown))
        return list(ids)
    try:
        return [str(UUID(one)) for one in ids]
    except ValueError as error:
        raise _invalid("is no UUID", 1) from error


def _invalid(reason: str, number: int) -> InvalidGroup:
    return InvalidGroup(f"{number} of the ids cannot be the key of a group", errors=[FieldError("ids", reason)])


def _key_after(cursor: str | None) -> str | None:
    position = decode_cursor(cursor, parts=1)
    if position and not (isinstance(position[0], str) and KEY.fullmatch(position[0])):
        raise InvalidCursor("use the value of `next` as it was given")
    return str(position[0]) if position else None


def _position(group: Group) -> list[str]:
    return [group.published_at.isoformat(), group.key] if group.published_at else [group.key]
