"""Use cases of levels: follow the ledger, change a programme's ladder, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.gamification import LevelReached
from libs.storage.database import Transaction
from services.gamification.counters import service as counters
from services.gamification.ledger import service as ledger
from services.gamification.levels import store
from services.gamification.levels.domain import DEFAULT_LADDER, Standing, progress, stand
from services.gamification.levels.tables import LevelLadder, LevelStanding
from services.gamification.members import service as members
from services.gamification.members.tables import Member


async def settle_levels(tx: Transaction, programme_of: Mapping[UUID, UUID], *, now: datetime) -> int:
    """Bring the levels of ambassadors to what their lifetime points reach; returns how many changed.

    `programme_of` has the programme of each ambassador. The caller holds their accounts or their programme.
    """
    if not programme_of:
        return 0
    ladders = await store.ladders(tx, set(programme_of.values()))
    points = await ledger.lifetimes_of(tx, list(programme_of))
    held = await store.held(tx, list(points))
    changed = []
    for ambassador_id, milli_points in points.items():
        programme_id = programme_of[ambassador_id]
        before = held.get(ambassador_id, Standing())
        after = stand(before, milli_points, ladders.get(programme_id, DEFAULT_LADDER))
        if after != before:
            changed.append(_row(ambassador_id, programme_id, after, now=now))
            _tell(tx, changed[-1], before.level)
    await store.put_standings(tx, changed)
    return len(changed)


def _standing(row: LevelStanding | None) -> Standing:
    return Standing(row.level, row.needed) if row else Standing()


def _row(ambassador_id: UUID, programme_id: UUID, standing: Standing, *, now: datetime) -> LevelStanding:
    return LevelStanding(
        ambassador_id=ambassador_id,
        programme_id=programme_id,
        level=standing.level,
        needed=standing.needed,
        since=now,
    )


def _tell(tx: Transaction, row: LevelStanding, before: int) -> None:
    if row.level == before:
        return
    event = LevelReached(
        programme_id=row.programme_id,
        ambassador_id=row.ambassador_id,
        before=before,
        level=row.level,
        needed=row.needed,
        reached_at=row.since,
    )
    tx.emit(event, key=str(row.ambassador_id))


async def ladder_of(tx: Transaction, programme_id: UUID) -> Sequence[int]:
    """Return the points that the levels of a programme need."""
    return (await store.ladders(tx, [programme_id])).get(programme_id, DEFAULT_LADDER)


async def change_ladder(tx: Transaction, programme_id: UUID, points: Sequence[int], *, now: datetime) -> int:
    """Give a programme another ladder; who reaches more by it rises at once, nobody falls. Raises ProgrammeNotFound."""
    await members.calendar_alone(tx, programme_id)  # nobody settles by the old ladder meanwhile
    await store.put_ladder(tx, LevelLadder(programme_id=programme_id, points=list(points), changed_at=now))
    changed = 0
    for group in await counters.groups_of_people(tx, programme_id):
        changed += await settle_levels(tx, dict.fromkeys(group, programme_id), now=now)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where an ambassador stands: `next_at` in points, None at the top; `done` is the way to it, 0 to 1."""

    level: int
    since: datetime | None
    milli_points: int
    next_at: int | None
    done: float


async def progress_of(tx: Transaction, member: Member) -> Progress:
    """Return an ambassador's level and the way to the next."""
    row = (await store.standings(tx, [member.id])).get(member.id)
    milli_points = await ledger.lifetime_of(tx, member.id)
    next_at, done = progress(_standing(row), milli_points, await ladder_of(tx, member.programme_id))
    return Progress(
        level=row.level if row else 0,
        since=row.since if row else None,
        milli_points=milli_points,
        next_at=next_at,
        done=done,
    )
