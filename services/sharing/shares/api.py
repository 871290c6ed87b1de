"""Routes of shares."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, page_of, time_and_id_after
from libs.web.problems import problems
from services.sharing.ambassadors import service as ambassadors
from services.sharing.ambassadors.errors import AmbassadorNotFound, NotEnrolled
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.clicks.metrics import ClickMetrics
from services.sharing.consents.errors import NoConsent
from services.sharing.links import service as tracked
from services.sharing.links.api import Links, Visitors
from services.sharing.links.errors import LinkNotFitting, LinkNotFound
from services.sharing.links.schemas import LinkOut
from services.sharing.programmes.errors import UnknownItem
from services.sharing.shares import service
from services.sharing.shares.domain.advice import advise
from services.sharing.shares.errors import DuplicatePost, ImpossibleTime, ShareNotFound
from services.sharing.shares.metrics import ShareMetrics
from services.sharing.shares.schemas import DraftIn, PreviewOut, ShareIn, ShareOut

router = APIRouter(tags=["shares"])
Author = Annotated[Principal, Depends(require("share:write"))]
Reader = Annotated[Principal, Depends(require("sharing:self", "sharing:read"))]


async def _metrics(request: Request) -> ShareMetrics:
    metrics: ShareMetrics = request.app.state.share_metrics
    return metrics


async def _click_metrics(request: Request) -> ClickMetrics:
    metrics: ClickMetrics = request.app.state.click_metrics
    return metrics


Metrics = Annotated[ShareMetrics, Depends(_metrics)]
Clicks = Annotated[ClickMetrics, Depends(_click_metrics)]


@router.post(
    "/shares:preview", operation_id="preview_share", responses=problems(ForeignProgramme, NotEnrolled, UnknownItem)
)
async def preview_share(body: DraftIn, by: Author, app: App, metrics: Metrics) -> PreviewOut:
    """Measure a text as if the caller published it now; nothing is kept."""
    by.enter(body.programme_id)
    async with app.db.transaction() as tx:
        author = await ambassadors.get_member(tx, body.programme_id, app.person_keys.of_subject(by.subject))
        place = (app.clock.now(), new_id())
        measures = await service.preview(tx, body.draft(), author, place=place, metrics=metrics)
    metrics.previewed()
    return PreviewOut.of(body.text, measures, advise(measures, author.language))


@router.post(
    "/shares",
    status_code=201,
    response_model=ShareOut,
    operation_id="record_share",
    responses=problems(
        ForeignProgramme,
        NotEnrolled,
        NoConsent,
        DuplicatePost,
        UnknownItem,
        ImpossibleTime,
        LinkNotFound,
        LinkNotFitting,
    ),
)
async def record_share(
    body: ShareIn,
    by: Author,
    once: IdempotentPost,
    app: App,
    metrics: Metrics,
    clicks: Clicks,
    visitors: Visitors,
) -> Response:
    """Record what the caller has published."""
    by.enter(body.programme_id)
    subject_key = app.person_keys.of_subject(by.subject)
    async with app.db.transaction() as tx:
        author = await ambassadors.get_member(tx, body.programme_id, subject_key)
        await tracked.note_visitors(tx, author.id, visitors, now=app.clock.now())
        return await once.run(tx, lambda: _record(tx, body, author, app, metrics, clicks), clock=app.clock)


async def _record(
    tx: Transaction, body: ShareIn, author: Ambassador, app: App, metrics: ShareMetrics, clicks: ClickMetrics
) -> ShareOut:
    await service.hold_recording(tx, author, body.item_id)
    row = await service.record_share(tx, new_id(), body.publication(), author, now=app.clock.now(), metrics=metrics)
    if body.link_id:
        await service.put_link(tx, row, body.link_id, author, clicks)
    answer = ShareOut.of(row, with_text=True)
    metrics.recorded(row.network, answer.originality)
    return answer


@router.put(
    "/shares/{share_id}/links/{link_id}",
    operation_id="put_share_link",
    responses=problems(ShareNotFound, LinkNotFound, LinkNotFitting, NotYours),
)
async def put_share_link(share_id: UUID, link_id: UUID, by: Author, app: App, links: Links, clicks: Clicks) -> LinkOut:
    """Say which tracked link is in a share that is recorded already; its clicks count from the time of publication."""
    async with app.db.transaction() as tx:
        share = await service.get_share(tx, share_id, among=by.programmes)
        author = await ambassadors.get_ambassador(tx, share.ambassador_id, among=by.programmes)
        ambassadors.check_own(author, app.person_keys.of_subject(by.subject))
        return LinkOut.of(await service.put_link(tx, share, link_id, author, clicks), links.gateway_url)


@router.get("/shares/{share_id}", operation_id="get_share", responses=problems(ShareNotFound))
async def get_share(share_id: UUID, by: Reader, app: App) -> ShareOut:
    """Return a share; its text only to its author and to who may read all."""
    async with app.db.transaction() as tx:
        row = await service.get_share(tx, share_id, among=by.programmes)
        author = await ambassadors.get_ambassador(tx, row.ambassador_id, among=by.programmes)
    return ShareOut.of(row, with_text=_may_read(author, by, app))


@router.get(
    "/ambassadors/{ambassador_id}/shares",
    operation_id="list_shares",
    responses=problems(AmbassadorNotFound),
)
async def list_shares(
    ambassador_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[ShareOut]:
    """List the shares of an ambassador, latest published first; texts as for one share."""
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        author = await ambassadors.get_ambassador(tx, ambassador_id, among=by.programmes)
        rows = await service.list_shares(tx, ambassador_id, last=last, limit=limit + 1)
    with_text = _may_read(author, by, app)
    return page_of(
        rows,
        limit,
        shape=lambda row: ShareOut.of(row, with_text=with_text),
        position=lambda row: [row.published_at.isoformat(), str(row.id)],
    )


def _may_read(author: Ambassador, by: Principal, app: App) -> bool:
    return by.has("sharing:read") or author.subject_key == app.person_keys.of_subject(by.subject)
