"""Use cases of badges: follow the counters, add a programme's own badge, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.events.gamification import BadgeEarned, BadgeRevoked
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.gamification.badges import store
from services.gamification.badges.domain import DEFAULTS, Definition, rarity
from services.gamification.badges.errors import BadgeKeyTaken
from services.gamification.badges.tables import Badge, BadgeAward
from services.gamification.counters import service as counters
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.tables import Member

POINTS = "points"  # the counter of lifetime points
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Changes:
    """Awards that were made and awards that were revoked."""

    earned: Sequence[BadgeAward]
    revoked: Sequence[BadgeAward]


async def settle_badges(tx: Transaction, programme_of: Mapping[UUID, UUID], *, now: datetime) -> Changes:
    """Award what counters have reached and revoke what a correction took; returns both.

    `programme_of` has the programme of each ambassador. The caller holds their accounts or their programme.
    """
    if not programme_of:
        return Changes([], [])
    own = await store.own(tx, set(programme_of.values()))
    held = {(row.ambassador_id, row.key): row for row in await store.awards(tx, list(programme_of))}
    earned: list[BadgeAward] = []
    revoked: list[BadgeAward] = []
    for ambassador_id, totals in (await _totals(tx, list(programme_of))).items():
        programme_id = programme_of[ambassador_id]
        for definition in (*DEFAULTS, *own[programme_id]):
            last = held.get((ambassador_id, definition.key))
            has = last is not None and last.revoked_at is None
            if definition.condition.holds(totals) and not has:
                earned.append(_award(ambassador_id, programme_id, definition.key, last, now=now))
            elif last and has and not definition.condition.holds(totals):
                revoked.append(BadgeAward(**{**last.model_dump(), "revoked_at": now}))
    await store.award(tx, earned)
    await store.revoke(tx, revoked)
    _tell(tx, earned, revoked)
    return Changes(earned, revoked)


async def _totals(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    totals = await counters.totals(tx, ambassador_ids)
    for ambassador_id, milli_points in (await ledger.lifetimes_of(tx, ambassador_ids)).items():
        totals[ambassador_id][POINTS] = milli_points // MILLI
    return totals


def _award(ambassador_id: UUID, programme_id: UUID, key: str, last: BadgeAward | None, *, now: datetime) -> BadgeAward:
    return BadgeAward(
        ambassador_id=ambassador_id,
        key=key,
        number=last.number + 1 if last else 1,
        programme_id=programme_id,
        earned_at=now,
    )


def _tell(tx: Transaction, earned: Sequence[BadgeAward], revoked: Sequence[BadgeAward]) -> None:
    for row in earned:
        whose = {"programme_id": row.programme_id, "ambassador_id": row.ambassador_id}
        tx.emit(
            BadgeEarned(**whose, badge=row.key, number=row.number, earned_at=row.earned_at), key=str(row.ambassador_id)
        )
    for row in revoked:
        whose = {"programme_id": row.programme_id, "ambassador_id": row.ambassador_id}
        assert row.revoked_at
        tx.emit(
            BadgeRevoked(**whose, badge=row.key, number=row.number, revoked_at=row.revoked_at),
            key=str(row.ambassador_id),
        )


async def add_badge(tx: Transaction, programme_id: UUID, definition: Definition, *, now: datetime) -> Changes:
    """Add a badge to a programme; who has what it needs earns it at once. Raises ProgrammeNotFound, BadgeKeyTaken."""
    await members.calendar_alone(tx, programme_id)  # nobody settles without it meanwhile
    row = Badge(
        programme_id=programme_id, key=definition.key, document=definition.model_dump(mode="json"), created_at=now
    )
    if definition.key in {default.key for default in DEFAULTS} or not await store.add(tx, row):
        reason = "is taken; badges are never changed, so choose another"
        raise BadgeKeyTaken("choose another key", errors=[FieldError("key", reason)])
    everyone = await members.enrolled_since(tx, programme_id, date.min)
    return await settle_badges(tx, dict.fromkeys(everyone, programme_id), now=now)


async def badges_of(tx: Transaction, programme_id: UUID) -> list[tuple[Definition, float]]:
    """Return the badges of a programme, each with its rarity: the part of the enrolled who hold it."""
    holders = await store.holders(tx, programme_id)
    enrolled = len(await members.enrolled_since(tx, programme_id, date.min))
    own = (await store.own(tx, [programme_id]))[programme_id]
    return [(one, rarity(holders.get(one.key, 0), enrolled)) for one in (*DEFAULTS, *own)]


@dataclass(frozen=True, slots=True)
class Held:
    """A badge as it stands for one ambassador; `progress` is 0 to 1, `revocations` are times."""

    definition: Definition
    rarity: float
    progress: float
    earned_at: datetime | None
    revocations: Sequence[datetime]


async def badges_of_ambassador(tx: Transaction, member: Member) -> list[Held]:
    """Return every badge of the programme with the ambassador's progress and history."""
    totals = (await _totals(tx, [member.id]))[member.id]
    awards = await store.awards(tx, [member.id])
    return [
        _held(definition, share, definition.condition.progress(totals), [a for a in awards if a.key == definition.key])
        for definition, share in await badges_of(tx, member.programme_id)
    ]


def _held(definition: Definition, share: float, progress: float, awards: Sequence[BadgeAward]) -> Held:
    holding = next((award.earned_at for award in awards if award.revoked_at is None), None)
    revocations = [award.revoked_at for award in awards if award.revoked_at]
    return Held(definition, share, round(progress, 4), holding, revocations)
