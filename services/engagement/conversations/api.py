"""Routes of conversations: a person's own, an ambassador's for the programme's managers, weeks, and reminders."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App, Parts
from libs.storage.database import Transaction
from libs.web.errors import InvalidCursor
from libs.web.pages import Cursor, Limit, Page, id_after, page_of, time_and_id_after
from libs.web.problems import problems
from services.engagement.conversations import service
from services.engagement.conversations.domain import Conversation, Plan, ShareTalk, State
from services.engagement.conversations.errors import AmbassadorNotFound, ConversationNotFound, ProgrammeNotFound
from services.engagement.conversations.schemas import ConversationOut, RemindersBody, ShareTalkOut, SummaryOut

router = APIRouter(tags=["conversations"])
Person = Annotated[Principal, Depends(require("engagement:self"))]
Reader = Annotated[Principal, Depends(require("engagement:read"))]
Manager = Annotated[Principal, Depends(require("engagement:write"))]
OfShare = Annotated[UUID | None, Query(description="Only on this share.")]
Weeks = Annotated[int, Query(ge=1, le=53, description="How many, up to and with this one.")]


async def _default_plan(request: Request) -> Plan:
    plan: Plan = request.app.state.reminders
    return plan


DefaultPlan = Annotated[Plan, Depends(_default_plan)]


@router.get("/me/conversations", operation_id="list_own_conversations", responses=problems(InvalidCursor))
async def list_own_conversations(
    by: Person,
    app: App,
    state: State = "waiting",
    share_id: OfShare = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ConversationOut]:
    """List the comments on the caller's own shares: those that wait from the oldest on, others from the newest."""
    after = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        own = await _own(tx, by, app)
        rows = await service.listed(tx, own, state, share_id=share_id, after=after, limit=limit + 1)
        return await _page(tx, rows, limit, app)


@router.get(
    "/me/conversations/shares", operation_id="list_own_conversations_by_share", responses=problems(InvalidCursor)
)
async def list_own_conversations_by_share(
    by: Person, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[ShareTalkOut]:
    """Sum up the comments on each of the caller's own shares, the newest share first."""
    before = id_after(cursor)
    async with app.db.transaction() as tx:
        own = await _own(tx, by, app)
        rows = await service.share_by_share(tx, own, before=before, limit=limit + 1)
        urls = await service.post_urls_of(tx, {row.share_id for row in rows})
    return page_of(
        rows, limit, shape=lambda row: ShareTalkOut.of(row, urls.get(row.share_id)), position=_share_position
    )


@router.post(
    "/conversations/{interaction_id}:dismiss",
    operation_id="dismiss_conversation",
    responses=problems(ConversationNotFound, AmbassadorNotFound, NotYours),
)
async def dismiss_conversation(interaction_id: UUID, by: Person, app: App) -> ConversationOut:
    """Say that a comment on one's own share needs no answer; of one that is answered nothing changes."""
    now = app.clock.now()
    async with app.db.transaction() as tx:
        held = await service.get_conversation(tx, interaction_id, among=by.programmes)
        found = await service.dismiss(tx, held, subject_key=app.person_keys.of_subject(by.subject), now=now)
        urls = await service.post_urls_of(tx, [found.share_id])
    return ConversationOut.of(found, urls.get(found.share_id), now=now)


@router.get(
    "/ambassadors/{ambassador_id}/conversations",
    operation_id="list_conversations",
    responses=problems(AmbassadorNotFound, InvalidCursor),
)
async def list_conversations(
    ambassador_id: UUID,
    by: Manager,
    app: App,
    state: State = "waiting",
    share_id: OfShare = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ConversationOut]:
    """List the comments on an ambassador's shares, for those who can help to answer."""
    after = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        await service.get_ambassador(tx, ambassador_id, among=by.programmes)
        rows = await service.listed(tx, [ambassador_id], state, share_id=share_id, after=after, limit=limit + 1)
        return await _page(tx, rows, limit, app)


@router.get(
    "/programmes/{programme_id}/conversations/summary",
    operation_id="get_conversations_summary",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_conversations_summary(programme_id: UUID, by: Reader, app: App, weeks: Weeks = 12) -> SummaryOut:
    """Return, week by week, how many comments were answered, how soon, and how many people came back."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return SummaryOut.of(await service.week_by_week(tx, programme_id, weeks=weeks, now=app.clock.now()))


@router.get(
    "/programmes/{programme_id}/reminders",
    operation_id="get_reminders",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_reminders(programme_id: UUID, by: Reader, app: App, default: DefaultPlan) -> RemindersBody:
    """Return when people are reminded of a comment that waits."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return RemindersBody.of(await service.get_plan(tx, programme_id, default=default))


@router.put(
    "/programmes/{programme_id}/reminders",
    operation_id="set_reminders",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def set_reminders(programme_id: UUID, body: RemindersBody, by: Manager, app: App) -> RemindersBody:
    """Choose when people are reminded of a comment that waits, or that nobody is; what was told stays told."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await service.set_plan(tx, programme_id, body.value(), now=app.clock.now())
    return body


async def _own(tx: Transaction, by: Principal, app: Parts) -> list[UUID]:
    """Return who the caller is, in each programme that the token is for."""
    found = await service.ambassadors_of(tx, app.person_keys.of_subject(by.subject))
    return [one.ambassador_id for one in found if by.programmes is None or one.programme_id in by.programmes]


async def _page(tx: Transaction, rows: Sequence[Conversation], limit: int, app: Parts) -> Page[ConversationOut]:
    urls, now = await service.post_urls_of(tx, {row.share_id for row in rows}), app.clock.now()
    return page_of(
        rows,
        limit,
        shape=lambda row: ConversationOut.of(row, urls.get(row.share_id), now=now),
        position=lambda row: [row.asked_at.isoformat(), str(row.interaction_id)],
    )


def _share_position(row: ShareTalk) -> list[str]:
    return [str(row.share_id)]
