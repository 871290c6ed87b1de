"""Steering imports: showing, applying, cancelling and forgetting them, and a programme's saved mappings."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.storage.database import Database, Transaction
from services.engagement.imports import store
from services.engagement.imports.domain.states import CHECKED_LASTS, FINISHED_LASTS, UPLOAD_LASTS, State
from services.engagement.imports.errors import ImportNotFound, ImportNotReady, MappingNotFound
from services.engagement.imports.schemas import MappingBody
from services.engagement.imports.service.work import begin_applying
from services.engagement.imports.tables import ImportFile, ImportMapping, ImportRejected
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Receipt

ROWS_AT_ONCE = 500


async def get_import(tx: Transaction, import_id: UUID, *, among: Programmes) -> ImportFile:
    """Return an import of the programmes `among`. Raises ImportNotFound."""
    file = await store.find(tx, import_id)
    return _found(file if file is not None and within(among, file.programme_id) else None)


async def list_imports(
    tx: Transaction, programme_id: UUID, *, state: State | None, before: UUID | None, limit: int
) -> Sequence[ImportFile]:
    """Return imports of a programme, newest first."""
    return await store.listed(tx, programme_id, state=state, before=before, limit=limit)


async def apply_import(tx: Transaction, import_id: UUID, *, now: datetime) -> ImportFile:
    """Let a checked import be applied; one that is or was already stays so. Raises ImportNotFound, ImportNotReady."""
    file = _found(await store.hold(tx, import_id))
    if file.state == "checked":
        begin_applying(file, now=now)
        file.worked_at = now
    elif file.state not in {"applying", "applied"}:
        raise ImportNotReady(f"it is {file.state}; only what is checked can be applied")
    return file


async def cancel_import(tx: Transaction, import_id: UUID, *, now: datetime) -> ImportFile:
    """End an import; rows that have been applied stay so. Raises ImportNotFound, ImportNotReady."""
    file = _found(await store.hold(tx, import_id))
    if file.state in {"applied", "failed"}:
        raise ImportNotReady(f"it is {file.state} since {file.finished_at}")
    if file.state != "cancelled":
        await _stop(tx, file, "cancelled", now=now)
    return file


async def fail_import(tx: Transaction, import_id: UUID, *, now: datetime) -> None:
    """End an import that our own code cannot read, so that it does not hold up the others."""
    if file := await store.hold(tx, import_id):
        await _stop(tx, file, "failed", now=now)


async def rejected_rows(db: Database, import_id: UUID) -> AsyncIterator[Sequence[ImportRejected]]:
    """Yield the refused rows in their order, one short transaction for each few: a slow reader holds no connection."""
    after = 0
    while True:
        async with db.transaction() as tx:
            rows = await store.rejected_after(tx, import_id, after=after, limit=ROWS_AT_ONCE)
        if not rows:
            return
        yield rows
        after = rows[-1].number


async def forget_imports(tx: Transaction, *, now: datetime) -> None:
    """Forget files that broke off and what ended 30 days ago; cancel what was checked a week ago and never applied."""
    await store.forget(tx, ("uploading",), before=now - UPLOAD_LASTS)
    for import_id in await store.cancel_checked(tx, before=now - CHECKED_LASTS, now=now):
        await store.delete_text(tx, import_id)
    await store.forget(tx, ("applied", "cancelled", "failed"), before=now - FINISHED_LASTS)


async def put_mapping(
    tx: Transaction, programme_id: UUID, name: str, mapping: MappingBody, *, now: datetime
) -> ImportMapping:
    """Save a mapping under its name."""
    await store.put_mapping(tx, programme_id, name, mapping.model_dump(mode="json"), now=now)
    return await get_mapping(tx, programme_id, name)


async def get_mapping(tx: Transaction, programme_id: UUID, name: str) -> ImportMapping:
    """Return a saved mapping. Raises MappingNotFound."""
    found = await store.find_mapping(tx, programme_id, name)
    if found is None:
        raise MappingNotFound(f"the programme has saved no mapping {name!r}")
    return found


async def list_mappings(
    tx: Transaction, programme_id: UUID, *, after: str | None, limit: int
) -> Sequence[ImportMapping]:
    """Return saved mappings by name."""
    return await store.mappings_after(tx, programme_id, after=after, limit=limit)


async def delete_mapping(tx: Transaction, programme_id: UUID, name: str) -> None:
    """Delete a saved mapping; imports that used it are as they were. Raises MappingNotFound."""
    if not await store.delete_mapping(tx, programme_id, name):
        raise MappingNotFound(f"the programme has saved no mapping {name!r}")


async def _stop(tx: Transaction, file: ImportFile, state: State, *, now: datetime) -> None:
    if done := file.new + file.duplicates + sum(file.quarantined.values()):
        # the receipt must not wait for what will never come
        await intake.add_to_receipts(tx, [_ended(file, accepted=done)])
    file.state, file.finished_at, file.worked_at = state, now, now
    await store.delete_text(tx, file.import_id)


def _ended(file: ImportFile, *, accepted: int) -> Receipt:
    return Receipt(
        receipt_id=file.import_id,
        programme_id=file.programme_id,
        accepted=accepted,
        new=0,
        duplicates=0,
        conflicts=0,
        quarantined=0,
    )


def _found(file: ImportFile | None) -> ImportFile:
    if file is None or file.state == "uploading":
        raise ImportNotFound("finished imports are kept for 30 days")
    return file
