"""Routes of proposals."""

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
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems
from services.content.ambassadors import service as ambassadors
from services.content.ambassadors.errors import NotEnrolled
from services.content.campaigns.errors import UnknownCampaign
from services.content.programmes import service as programmes
from services.content.programmes.errors import ProgrammeNotFound
from services.content.proposals import service
from services.content.proposals.domain import State
from services.content.proposals.errors import ProposalDecided, ProposalNotFound
from services.content.proposals.metrics import ProposalMetrics
from services.content.proposals.schemas import ApprovalIn, DeclineIn, ProposalIn, ProposalOut
from services.content.proposals.tables import Proposal

router = APIRouter(tags=["proposals"])
Author = Annotated[Principal, Depends(require("share:write"))]
Editor = Annotated[Principal, Depends(require("content:write"))]
AuthorOrEditor = Annotated[Principal, Depends(require("share:write", "content:write"))]


async def _metrics(request: Request) -> ProposalMetrics:
    metrics: ProposalMetrics = request.app.state.proposal_metrics
    return metrics


Metrics = Annotated[ProposalMetrics, Depends(_metrics)]


@router.post(
    "/programmes/{programme_id}/proposals",
    status_code=201,
    response_model=ProposalOut,
    operation_id="propose_item",
    responses=problems(ProgrammeNotFound, ForeignProgramme, NotEnrolled),
)
async def propose_item(
    programme_id: UUID, body: ProposalIn, by: Author, once: IdempotentPost, app: App, metrics: Metrics
) -> Response:
    """Suggest an item to the programme's managers."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await programmes.get_programme(tx, programme_id)
        author = await ambassadors.get_member(tx, programme_id, app.person_keys.of_subject(by.subject))
        row = Proposal(
            id=new_id(),
            programme_id=programme_id,
            ambassador_id=author.id,
            proposed_at=app.clock.now(),
            **body.model_dump(exclude={"url"}),
            url=str(body.url) if body.url else None,
        )
        return await once.run(tx, lambda: _propose(tx, row, metrics), clock=app.clock)


async def _propose(tx: Transaction, row: Proposal, metrics: ProposalMetrics) -> ProposalOut:
    answer = ProposalOut.of(await service.propose(tx, row))
    metrics.moved(answer.state)
    return answer


@router.get(
    "/programmes/{programme_id}/proposals",
    operation_id="list_proposals",
    responses=problems(ProgrammeNotFound, ForeignProgramme, NotEnrolled),
)
async def list_proposals(
    programme_id: UUID,
    by: AuthorOrEditor,
    app: App,
    state: State | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ProposalOut]:
    """List proposals, newest first: to an ambassador their own, to who decides all."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        author_id = None
        if not by.has("content:write"):
            author_id = (await ambassadors.get_member(tx, programme_id, app.person_keys.of_subject(by.subject))).id
        rows = await service.list_proposals(
            tx, programme_id, ambassador_id=author_id, state=state, last=last, limit=limit + 1
        )
    return page_of(rows, limit, shape=ProposalOut.of, position=lambda row: [str(row.id)])


@router.get(
    "/proposals/{proposal_id}",
    operation_id="get_proposal",
    responses=problems(ProposalNotFound, NotYours),
)
async def get_proposal(proposal_id: UUID, by: AuthorOrEditor, app: App) -> ProposalOut:
    """Return a proposal to its proposer or to who decides."""
    async with app.db.transaction() as tx:
        row = await service.get_proposal(tx, proposal_id, among=by.programmes)
        if not by.has("content:write"):
            await ambassadors.check_own(tx, row.ambassador_id, app.person_keys.of_subject(by.subject))
    return ProposalOut.of(row)


@router.post(
    "/proposals/{proposal_id}:approve",
    operation_id="approve_proposal",
    responses=problems(ProposalNotFound, ProposalDecided, UnknownCampaign),
)
async def approve_proposal(proposal_id: UUID, body: ApprovalIn, by: Editor, app: App, metrics: Metrics) -> ProposalOut:
    """Draft the item in a campaign of the programme; publishing it is a step of its own."""
    async with app.db.transaction() as tx:
        row = await service.get_proposal(tx, proposal_id, among=by.programmes, lock=True)
        ids = {"item_id": new_id(), "caption_id": new_id()}
        await service.approve(tx, row, campaign_id=body.campaign_id, **ids, now=app.clock.now())
    metrics.moved(State.APPROVED)
    return ProposalOut.of(row)


@router.post(
    "/proposals/{proposal_id}:decline",
    operation_id="decline_proposal",
    responses=problems(ProposalNotFound, ProposalDecided),
)
async def decline_proposal(proposal_id: UUID, body: DeclineIn, by: Editor, app: App, metrics: Metrics) -> ProposalOut:
    """Say why there will be no item; the proposer reads the reason."""
    async with app.db.transaction() as tx:
        row = await service.get_proposal(tx, proposal_id, among=by.programmes, lock=True)
        await service.decline(tx, row, reason=body.reason, now=app.clock.now())
    metrics.moved(State.DECLINED)
    return ProposalOut.of(row)
