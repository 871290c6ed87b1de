"""Routes of consents, and what the caller takes part in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.events.sharing import Network
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.problems import problems
from services.sharing.ambassadors import service as ambassadors
from services.sharing.ambassadors.errors import AmbassadorNotFound
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.consents import service
from services.sharing.consents.schemas import ConsentIn, ConsentOut, MembershipOut, MeOut
from services.sharing.consents.tables import Consent

router = APIRouter(tags=["consents"])
Person = Annotated[Principal, Depends(require("sharing:self"))]
FAILURES = problems(AmbassadorNotFound, NotYours)


@router.put("/ambassadors/{ambassador_id}/consents/{network}", operation_id="give_consent", responses=FAILURES)
async def give_consent(ambassador_id: UUID, network: Network, body: ConsentIn, by: Person, app: App) -> ConsentOut:
    """Allow publishing on a network; only the ambassador themself can."""
    consent = Consent(
        id=new_id(),
        ambassador_id=ambassador_id,
        network=network,
        mode=body.mode,
        person_key=app.person_keys.of_handle(network, body.handle) if body.handle else None,
        audience=body.audience,
        given_at=app.clock.now(),
    )
    async with app.db.transaction() as tx:
        own = await _own(tx, ambassador_id, by, app)
        return ConsentOut.of(await service.give_consent(tx, consent, own))


@router.delete(
    "/ambassadors/{ambassador_id}/consents/{network}",
    status_code=204,
    operation_id="withdraw_consent",
    responses=FAILURES,
)
async def withdraw_consent(ambassador_id: UUID, network: Network, by: Person, app: App) -> None:
    """Take the consent for a network back; doing it again changes nothing."""
    async with app.db.transaction() as tx:
        own = await _own(tx, ambassador_id, by, app)
        await service.withdraw_consent(tx, own, network, now=app.clock.now())


async def _own(tx: Transaction, ambassador_id: UUID, by: Principal, app: App) -> Ambassador:
    row = await ambassadors.get_ambassador(tx, ambassador_id, among=by.programmes, lock=True)
    ambassadors.check_own(row, app.person_keys.of_subject(by.subject))
    return row


@router.get("/me", operation_id="get_me")
async def get_me(by: Person, app: App) -> MeOut:
    """Return the ambassadors that the caller is, with the consents in force."""
    subject_key = app.person_keys.of_subject(by.subject)
    async with app.db.transaction() as tx:
        rows = await ambassadors.list_own(tx, subject_key, among=by.programmes)
        consents = await service.list_consents(tx, [row.id for row in rows])
    return MeOut(ambassadors=[MembershipOut.with_consents(row, consents[row.id]) for row in rows])
