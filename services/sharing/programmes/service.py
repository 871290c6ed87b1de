"""Use cases about what content told."""

from collections.abc import Sequence
from uuid import UUID

from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.programmes import store
from services.sharing.programmes.errors import ProgrammeNotFound, UnknownItem
from services.sharing.programmes.tables import Caption, Item, Programme


async def remember_programme(tx: Transaction, programme: Programme) -> None:
    """Keep a programme; one that is known is never changed by its creation told again."""
    await store.add_programme(tx, programme)


async def remember_item(tx: Transaction, item: Item, captions: Sequence[Caption]) -> None:
    """Keep a published item with its captions; it may come before its programme."""
    await store.add_item(tx, item, captions)


async def get_programme(tx: Transaction, programme_id: UUID) -> Programme:
    """Return a programme. Raises ProgrammeNotFound."""
    if (row := await store.find_programme(tx, programme_id)) is None:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}; if it is new, try again in a moment")
    return row


async def get_item(tx: Transaction, item_id: UUID, programme_id: UUID) -> Item:
    """Return a published item of a programme. Raises UnknownItem."""
    row = await store.find_item(tx, item_id)
    if row is None or row.programme_id != programme_id:
        reason = "no published item of this programme has this id; if it is new, try again in a moment"
        raise UnknownItem(errors=[FieldError("item_id", reason)])
    return row


async def captions_of(tx: Transaction, item_id: UUID) -> Sequence[Caption]:
    """Return every caption of an item, whatever its network and language."""
    return await store.captions_of(tx, item_id)


async def latest_captions(tx: Transaction, programme_id: UUID, *, limit: int) -> Sequence[Caption]:
    """Return the captions of the items that a programme published last."""
    return await store.latest_captions(tx, programme_id, limit=limit)
