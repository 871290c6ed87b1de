"""Use cases of consents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.sharing import ConsentGiven, ConsentWithdrawn
from libs.storage.database import Transaction
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.consents import store
from services.sharing.consents.errors import NoConsent
from services.sharing.consents.tables import Consent


async def give_consent(tx: Transaction, consent: Consent, ambassador: Ambassador) -> Consent:
    """Put a consent in force in place of the one before; one that says the same changes nothing.

    The ambassador's row must be held: two consents for a network given at once would meet.
    """
    before = await store.in_force(tx, ambassador.id, consent.network)
    if before is not None:
        if _terms(before) == _terms(consent):
            return before
        before.ended_at = consent.given_at
        await store.save(tx, before)
    await store.save(tx, consent)
    given = ConsentGiven.model_validate({**consent.model_dump(exclude={"id"}), "programme_id": ambassador.programme_id})
    tx.emit(given, key=str(ambassador.id))
    return consent


def _terms(consent: Consent) -> tuple[str, str | None, int | None]:
    return consent.mode, consent.person_key, consent.audience


async def withdraw_consent(tx: Transaction, ambassador: Ambassador, network: str, *, now: datetime) -> None:
    """End the consent for a network, if there is one. The ambassador's row must be held."""
    if (row := await store.in_force(tx, ambassador.id, network)) is None:
        return
    row.ended_at = now
    await store.save(tx, row)
    withdrawn = ConsentWithdrawn.model_validate(
        {
            "ambassador_id": ambassador.id,
            "programme_id": ambassador.programme_id,
            "network": network,
            "withdrawn_at": now,
        }
    )
    tx.emit(withdrawn, key=str(ambassador.id))


async def get_consent(tx: Transaction, ambassador_id: UUID, network: str) -> Consent:
    """Return the consent in force for a network. Raises NoConsent."""
    if (row := await store.in_force(tx, ambassador_id, network)) is None:
        raise NoConsent(f"allow {network} first: PUT /ambassadors/{ambassador_id}/consents/{network}")
    return row


async def list_consents(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, list[Consent]]:
    """Return the consents in force of ambassadors, by network."""
    return await store.all_in_force(tx, ambassador_ids)
