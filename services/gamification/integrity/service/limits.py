"""Use cases of limits: which hold for a programme, and setting others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.problems import FieldError
from libs.storage.database import Transaction
from services.gamification.integrity import store
from services.gamification.integrity.domain import FIRST_VERSION, Limits
from services.gamification.integrity.errors import LimitsChanged, LimitsNotFound
from services.gamification.integrity.tables import IntegrityLimits
from services.gamification.members import service as members


@dataclass(frozen=True, slots=True)
class SetLimits:
    """A version of a programme's limits; `set_at` is None for the product's own."""

    version: int
    limits: Limits
    set_at: datetime | None


PRODUCTS = SetLimits(FIRST_VERSION, Limits(), None)


async def limits_of(tx: Transaction, programme_id: UUID, version: int | None = None) -> SetLimits:
    """Return the limits of a programme, or an earlier version of them. Raises LimitsNotFound."""
    if version == FIRST_VERSION:
        return PRODUCTS
    if row := await store.limits(tx, programme_id, version):
        return _shown(row)
    if version is not None:
        raise LimitsNotFound(f"the limits have no version {version}")
    return PRODUCTS


async def set_limits(
    tx: Transaction, programme_id: UUID, limits: Limits, *, over: int, by: str, now: datetime
) -> SetLimits:
    """Put limits in the place of version `over`; the same ones once more change nothing.

    They hold from the next inspection on: what was found stays. Raises ProgrammeNotFound, LimitsChanged.
    """
    await members.get_calendar(tx, programme_id)
    held = await limits_of(tx, programme_id)
    if held.limits == limits:
        return held
    row = IntegrityLimits(
        programme_id=programme_id, version=over + 1, document=limits.model_dump(mode="json"), set_by=by, set_at=now
    )
    if held.version != over or not await store.add_limits(tx, row):
        raise LimitsChanged("read them again", errors=[FieldError("version", "is not the newest any more")])
    return _shown(row)


def _shown(row: IntegrityLimits) -> SetLimits:
    return SetLimits(row.version, Limits.model_validate(row.document), row.set_at)
