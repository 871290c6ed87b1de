"""Routes of tracked links."""

import re
import secrets
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
from services.sharing.ambassadors import service as ambassadors
from services.sharing.ambassadors.errors import AmbassadorNotFound, NotEnrolled
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.links import service
from services.sharing.links.domain.shown import ALPHABET, CODE_LENGTH
from services.sharing.links.errors import LinkNotFound, TargetNotAllowed
from services.sharing.links.keeper import LinkKeeper
from services.sharing.links.metrics import LinkMetrics
from services.sharing.links.schemas import LinkIn, LinkOut, LinkSettingsIn, LinkSettingsOut
from services.sharing.links.service import Wanted
from services.sharing.programmes.errors import ProgrammeNotFound, UnknownItem

router = APIRouter(tags=["links"])
Author = Annotated[Principal, Depends(require("share:write"))]
AuthorOrEditor = Annotated[Principal, Depends(require("share:write", "sharing:write"))]
Editor = Annotated[Principal, Depends(require("sharing:write"))]
Reader = Annotated[Principal, Depends(require("sharing:self", "sharing:read"))]
OF_ONE = problems(LinkNotFound, NotYours)
VISITOR = re.compile(r"[0-9a-f]{32}")
MOST_VISITORS = 2


class LinkParts:
    """What the routes of links need beside the parts that every service has."""

    def __init__(self, keeper: LinkKeeper, metrics: LinkMetrics, *, gateway_url: str) -> None:
        self.keeper = keeper
        self.metrics = metrics
        self.gateway_url = gateway_url


async def _links(request: Request) -> LinkParts:
    parts: LinkParts = request.app.state.links
    return parts


async def _visitors(request: Request) -> list[str]:
    """Return under which keys the gateway would see the caller as a visitor, today and tomorrow."""
    given = request.headers.get("x-timbre-visitor", "").split()
    return [one for one in given[:MOST_VISITORS] if VISITOR.fullmatch(one)]


Links = Annotated[LinkParts, Depends(_links)]
Visitors = Annotated[list[str], Depends(_visitors)]


def new_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


@router.post(
    "/links",
    status_code=201,
    response_model=LinkOut,
    operation_id="make_link",
    responses=problems(ForeignProgramme, NotEnrolled, UnknownItem, TargetNotAllowed),
)
async def make_link(
    body: LinkIn, by: Author, once: IdempotentPost, app: App, links: Links, visitors: Visitors
) -> Response:
    """Return a link to put into the caller's next post; the same one until it is in a share."""
    by.enter(body.programme_id)
    async with app.db.transaction() as tx:
        author = await ambassadors.get_member(tx, body.programme_id, app.person_keys.of_subject(by.subject))
        await service.note_visitors(tx, author.id, visitors, now=app.clock.now())
        answer = await once.run(tx, lambda: _make(tx, body, author, app, links), clock=app.clock)
    await links.keeper.show_now()
    return answer


async def _make(tx: Transaction, body: LinkIn, author: Ambassador, app: App, links: LinkParts) -> LinkOut:
    wanted = Wanted(network=body.network, item_id=body.item_id, url=body.url)
    row = await service.make_link(tx, new_id(), wanted, author, new_code=new_code, now=app.clock.now())
    links.metrics.asked(row.network)
    return LinkOut.of(row, links.gateway_url)


@router.get("/links/{link_id}", operation_id="get_link", responses=OF_ONE)
async def get_link(link_id: UUID, by: Reader, app: App, links: Links, visitors: Visitors) -> LinkOut:
    """Return a link, to its author and to who may read all."""
    async with app.db.transaction() as tx:
        row = await service.get_link(tx, link_id, among=by.programmes)
        await check_reader(tx, row.ambassador_id, by, app, visitors)
    return LinkOut.of(row, links.gateway_url)


@router.get(
    "/ambassadors/{ambassador_id}/links",
    operation_id="list_links",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def list_links(
    ambassador_id: UUID,
    by: Reader,
    app: App,
    links: Links,
    visitors: Visitors,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[LinkOut]:
    """List an ambassador's links, latest first, to themself and to who may read all."""
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        await check_reader(tx, ambassador_id, by, app, visitors)
        rows = await service.list_links(tx, ambassador_id, last=last, limit=limit + 1)
    return page_of(
        rows, limit, shape=lambda row: LinkOut.of(row, links.gateway_url), position=lambda row: [str(row.id)]
    )


async def check_reader(tx: Transaction, ambassador_id: UUID, by: Principal, app: App, visitors: list[str]) -> None:
    """Let the author pass, noting where they are, and who may read all. Raises AmbassadorNotFound, NotYours."""
    author = await ambassadors.get_ambassador(tx, ambassador_id, among=by.programmes)
    if author.subject_key == app.person_keys.of_subject(by.subject):
        await service.note_visitors(tx, author.id, visitors, now=app.clock.now())
    elif not by.has("sharing:read"):
        raise NotYours("only the ambassador themself may do this")


@router.post("/links/{link_id}:disable", operation_id="disable_link", responses=OF_ONE)
async def disable_link(link_id: UUID, by: AuthorOrEditor, app: App, links: Links) -> LinkOut:
    """Let a link lead nowhere, for good: who follows it reads that it is gone."""
    async with app.db.transaction() as tx:
        row = await service.get_link(tx, link_id, among=by.programmes, lock=True)
        if not by.has("sharing:write"):
            author = await ambassadors.get_ambassador(tx, row.ambassador_id, among=by.programmes)
            ambassadors.check_own(author, app.person_keys.of_subject(by.subject))
        row = await service.disable_link(tx, row, now=app.clock.now())
    await links.keeper.show_now()
    return LinkOut.of(row, links.gateway_url)


@router.get(
    "/programmes/{programme_id}/link-settings",
    operation_id="get_link_settings",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_link_settings(programme_id: UUID, by: Reader, app: App) -> LinkSettingsOut:
    """Return where the links of a programme may lead."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return LinkSettingsOut.of(await service.get_settings(tx, programme_id))


@router.put(
    "/programmes/{programme_id}/link-settings",
    operation_id="set_link_settings",
    responses=problems(ProgrammeNotFound, ForeignProgramme, TargetNotAllowed),
)
async def set_link_settings(programme_id: UUID, body: LinkSettingsIn, by: Editor, app: App) -> LinkSettingsOut:
    """Say where the next links of a programme may lead; those that there are stay as they are."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return LinkSettingsOut.of(await service.set_settings(tx, body.row(programme_id)))
