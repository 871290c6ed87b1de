"""Use cases of challenges: set one, change or cancel it, follow the counters, read."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.gamification import ChallengeCancelled, ChallengeCompleted
from libs.storage.database import Transaction
from services.gamification.challenges import store
from services.gamification.challenges.domain import Draft, Part, State, check_cancellable, check_changeable, state_of
from services.gamification.challenges.errors import ChallengeNotFound
from services.gamification.challenges.tables import Challenge
from services.gamification.counters import service as counters
from services.gamification.counters.domain import Counted, CounterName, span_of
from services.gamification.members import service as members
from services.gamification.members.tables import Member


async def settle_challenges(tx: Transaction, counted: Sequence[Counted], *, now: datetime) -> None:
    """Bring what ambassadors contribute to what their counters hold. The caller holds their accounts."""
    if not counted:
        return
    for challenge in await store.touched(tx, {one.programme_id for one in counted}, *span_of(counted)):
        concerned = [
            one.ambassador_id
            for one in counted
            if one.programme_id == challenge.programme_id
            and one.first <= challenge.last_day
            and one.last >= challenge.first_day
        ]
        await _contribute(tx, challenge, concerned, now=now)


async def _contribute(
    tx: Transaction, challenge: Challenge, ambassador_ids: Collection[UUID], *, now: datetime
) -> None:
    """Count the ambassadors' parts again, and tell who reached the target by that."""
    values = await counters.between(
        tx, ambassador_ids, CounterName(challenge.counter), first=challenge.first_day, last=challenge.last_day
    )
    held = await store.parts(tx, challenge.id, ambassador_ids)
    changed, growth = [], 0
    for ambassador_id in ambassador_ids:
        before, value = held.get(ambassador_id, Part(ambassador_id, 0)), values.get(ambassador_id, 0)
        if value != before.value:
            changed.append(_part(tx, challenge, before, value, now=now))
            growth += value - before.value
    if changed:
        await store.put_parts(tx, challenge.id, changed)
        await _grow(tx, challenge, growth, now=now)


def _part(tx: Transaction, challenge: Challenge, before: Part, value: int, *, now: datetime) -> Part:
    reached = challenge.kind == "individual" and before.completed_at is None and value >= challenge.target
    if reached:
        _tell(tx, challenge, before.ambassador_id, value, now=now)
    return Part(before.ambassador_id, value, now if reached else before.completed_at)


async def _grow(tx: Transaction, challenge: Challenge, growth: int, *, now: datetime) -> None:
    await store.hold(tx, challenge)  # two who settle beside each other add up, and one of them completes it
    challenge.total += growth
    if challenge.kind == "collective" and challenge.completed_at is None and challenge.total >= challenge.target:
        challenge.completed_at = now
        _tell(tx, challenge, None, challenge.total, now=now)


def _tell(tx: Transaction, challenge: Challenge, ambassador_id: UUID | None, value: int, *, now: datetime) -> None:
    event = ChallengeCompleted(
        challenge_id=challenge.id,
        programme_id=challenge.programme_id,
        kind="individual" if ambassador_id else "collective",
        ambassador_id=ambassador_id,
        target=challenge.target,
        value=value,
        completed_at=now,
    )
    tx.emit(event, key=str(ambassador_id or challenge.id))


@dataclass(frozen=True, slots=True)
class Standing:
    """A challenge, its state today, how many bring anything to it and how many completed it alone."""

    challenge: Challenge
    state: State
    takers: int
    completed_by: int


async def set_challenge(
    tx: Transaction, challenge_id: UUID, programme_id: UUID, draft: Draft, *, now: datetime
) -> Standing:
    """Set a challenge; what was done since its first day counts. Raises ProgrammeNotFound."""
    await members.calendar_alone(tx, programme_id)  # nobody settles without it meanwhile
    row = Challenge(id=challenge_id, programme_id=programme_id, created_at=now, **asdict(draft))
    await store.add(tx, row)
    await _count_everybody(tx, row, now=now)
    return await _standing(tx, row, now=now)


async def _count_everybody(tx: Transaction, challenge: Challenge, *, now: datetime) -> None:
    for group in await counters.groups_of_people(tx, challenge.programme_id):
        await _contribute(tx, challenge, group, now=now)
        await store.save(tx, challenge)


async def change_challenge(tx: Transaction, challenge_id: UUID, draft: Draft, *, now: datetime) -> Standing:
    """Replace a challenge that has not begun, and count again for it. Raises ChallengeNotFound, ChallengeBegun."""
    row = await _alone(tx, challenge_id)
    check_changeable((await _standing(tx, row, now=now)).state)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.total = 0
    await store.save(tx, row)
    await store.drop_parts(tx, row.id)
    await _count_everybody(tx, row, now=now)
    return await _standing(tx, row, now=now)


async def cancel_challenge(tx: Transaction, challenge_id: UUID, *, now: datetime) -> Standing:
    """Stop a challenge for good: it stays as it stands, and nobody completes it any more; once more is the same.

    Raises ChallengeNotFound, ChallengeOver.
    """
    row = await _alone(tx, challenge_id)
    if row.cancelled_at is None:
        check_cancellable((await _standing(tx, row, now=now)).state)
        row.cancelled_at = now
        await store.save(tx, row)
        event = ChallengeCancelled(
            challenge_id=row.id,
            programme_id=row.programme_id,
            kind="individual" if row.kind == "individual" else "collective",
            total=row.total,
            cancelled_at=now,
        )
        tx.emit(event, key=str(row.id))
    return await _standing(tx, row, now=now)


async def _alone(tx: Transaction, challenge_id: UUID) -> Challenge:
    """Return a challenge while nobody settles in its programme. Raises ChallengeNotFound."""
    row = await get_row(tx, challenge_id, among=None)
    await members.calendar_alone(tx, row.programme_id)
    await store.hold(tx, row)
    return row


async def get_row(tx: Transaction, challenge_id: UUID, *, among: Programmes) -> Challenge:
    """Return a challenge of the programmes `among` as it was set. Raises ChallengeNotFound."""
    row = await store.find(tx, challenge_id)
    if row is None or not within(among, row.programme_id):
        raise ChallengeNotFound(f"no challenge has the id {challenge_id}")
    return row


async def get_challenge(tx: Transaction, challenge_id: UUID, *, among: Programmes, now: datetime) -> Standing:
    """Return a challenge of the programmes `among` as it stands. Raises ChallengeNotFound."""
    return await _standing(tx, await get_row(tx, challenge_id, among=among), now=now)


async def challenges_of(
    tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int, now: datetime
) -> list[Standing]:
    """Return challenges of a programme as they stand, newest first, from just before `last`."""
    rows = await store.after(tx, programme_id, last, limit=limit)
    return await _standings(tx, rows, now=now)


async def _standing(tx: Transaction, row: Challenge, *, now: datetime) -> Standing:
    return (await _standings(tx, [row], now=now))[0]


async def _standings(tx: Transaction, rows: Sequence[Challenge], *, now: datetime) -> list[Standing]:
    calendars = await members.calendars(tx, {row.programme_id for row in rows})
    takers = await store.takers(tx, [row.id for row in rows])
    return [
        Standing(
            row,
            state_of(
                row.first_day,
                row.last_day,
                calendars[row.programme_id].day(now),
                completed_at=row.completed_at,
                cancelled_at=row.cancelled_at,
            ),
            *takers.get(row.id, (0, 0)),
        )
        for row in rows
    ]


async def part_of(tx: Transaction, challenge_id: UUID, member: Member) -> Part:
    """Return what an ambassador brings to a challenge."""
    return (await store.parts(tx, challenge_id, [member.id])).get(member.id, Part(member.id, 0))
