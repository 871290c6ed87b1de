"""Use cases of badges: follow the counters, add a programme's own badge, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.events.gamification import BadgeEarned, BadgeRevoked
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.gamification.badges import store
from services.gamification.badges.domain import DEFAULTS, Definition, LastAward, Titles, rarity
from services.gamification.badges.errors import BadgeKeyTaken, BadgeNotFound, BadgeReworded
from services.gamification.badges.tables import Badge, BadgeAward, BadgeRetirement, BadgeWording
from services.gamification.counters import service as counters
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.tables import Member

POINTS = "points"  # the counter of lifetime points
MILLI = 1000
NEVER = LastAward(0, held=False)
FIRST_VERSION = 1  # of the words: those of the definition


@dataclass(frozen=True, slots=True)
class Changes:
    """Awards that were made and awards that were revoked."""

    earned: Sequence[BadgeAward]
    revoked: Sequence[BadgeAward]


async def settle_badges(tx: Transaction, programme_of: Mapping[UUID, UUID], *, now: datetime) -> Changes:
    """Award what counters have reached and revoke what a correction took; returns both.

    A retired badge is neither given nor taken: whoever lost it to a hold could not earn it again. `programme_of` has
    the programme of each ambassador. The caller holds their accounts or their programme.
    """
    if not programme_of:
        return Changes([], [])
    own = await store.own(tx, set(programme_of.values()))
    retired = await store.retirements(tx, own)
    held = await store.last_awards(tx, list(programme_of))
    earned: list[BadgeAward] = []
    revoked: list[BadgeAward] = []
    for ambassador_id, totals in (await _totals(tx, list(programme_of))).items():
        programme_id = programme_of[ambassador_id]
        for definition in (*DEFAULTS, *own[programme_id]):
            last = held.get((ambassador_id, definition.key), NEVER)
            if definition.condition.holds(totals) is last.held or (programme_id, definition.key) in retired:
                continue
            number = last.number if last.held else last.number + 1
            award = BadgeAward(
                ambassador_id=ambassador_id,
                key=definition.key,
                number=number,
                programme_id=programme_id,
                earned_at=now,
                revoked_at=now if last.held else None,
            )
            (revoked if last.held else earned).append(award)
    await store.award(tx, earned)
    await store.revoke(tx, revoked)
    _tell(tx, earned, revoked)
    return Changes(earned, revoked)


async def _totals(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    totals = await counters.totals(tx, ambassador_ids)
    for ambassador_id, milli_points in (await ledger.lifetimes_of(tx, ambassador_ids)).items():
        totals[ambassador_id][POINTS] = milli_points // MILLI
    return totals


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


async def add_badge(tx: Transaction, programme_id: UUID, definition: Definition, *, now: datetime) -> None:
    """Add a badge to a programme; who has what it needs earns it at once. Raises ProgrammeNotFound, BadgeKeyTaken."""
    await members.calendar_alone(tx, programme_id)  # nobody settles without it meanwhile
    row = Badge(
        programme_id=programme_id, key=definition.key, document=definition.model_dump(mode="json"), created_at=now
    )
    if definition.key in {default.key for default in DEFAULTS} or not await store.add(tx, row):
        reason = "is taken; badges are never changed, so choose another"
        raise BadgeKeyTaken("choose another key", errors=[FieldError("key", reason)])
    for group in await counters.groups_of_people(tx, programme_id):
        await settle_badges(tx, dict.fromkeys(group, programme_id), now=now)


@dataclass(frozen=True, slots=True)
class Listed:
    """A badge of a programme in its newest words, of that version; `rarity` is the part of the enrolled who hold it."""

    definition: Definition
    version: int
    rarity: float
    retired_at: datetime | None


async def badges_of(tx: Transaction, programme_id: UUID) -> list[Listed]:
    """Return the badges of a programme, the retired ones too."""
    holders = await store.holders(tx, programme_id)
    enrolled = len(await members.enrolled_since(tx, programme_id, date.min))
    own = (await store.own(tx, [programme_id]))[programme_id]
    retired = await store.retirements(tx, [programme_id])
    reworded = await store.wordings(tx, programme_id)
    return [
        Listed(
            definition=_worded(one, reworded.get(one.key)),
            version=reworded[one.key].version if one.key in reworded else FIRST_VERSION,
            rarity=rarity(holders.get(one.key, 0), enrolled),
            retired_at=retired.get((programme_id, one.key)),
        )
        for one in (*DEFAULTS, *own)
    ]


def _worded(definition: Definition, wording: BadgeWording | None) -> Definition:
    if wording is None:
        return definition
    return definition.model_copy(update={"titles": Titles.model_validate(wording.titles)})


async def get_badge(tx: Transaction, programme_id: UUID, key: str) -> Listed:
    """Return a badge of a programme. Raises BadgeNotFound."""
    found = next((one for one in await badges_of(tx, programme_id) if one.definition.key == key), None)
    if found is None:
        raise BadgeNotFound(f"the programme has no badge {key}")
    return found


async def reword_badge(
    tx: Transaction, programme_id: UUID, key: str, titles: Titles, *, over: int, now: datetime
) -> Listed:
    """Put other words in the place of version `over`; the same once more change nothing.

    Raises BadgeNotFound, BadgeReworded.
    """
    held = await get_badge(tx, programme_id, key)
    if held.definition.titles == titles:
        return held
    row = BadgeWording(
        programme_id=programme_id, key=key, version=over + 1, titles=titles.model_dump(mode="json"), written_at=now
    )
    if held.version != over or not await store.reword(tx, row):
        raise BadgeReworded("read it again", errors=[FieldError("version", "is not the newest any more")])
    return await get_badge(tx, programme_id, key)


async def retire_badge(tx: Transaction, programme_id: UUID, key: str, *, now: datetime) -> Listed:
    """Give a badge to nobody any more; who has it keeps it. Raises ProgrammeNotFound, BadgeNotFound."""
    await members.calendar_alone(tx, programme_id)  # whoever settles beside this has committed, or sees it
    await get_badge(tx, programme_id, key)
    await store.retire(tx, BadgeRetirement(programme_id=programme_id, key=key, retired_at=now))
    return await get_badge(tx, programme_id, key)


@dataclass(frozen=True, slots=True)
class Held:
    """A badge as it stands for one ambassador; `progress` is 0 to 1, `revocations` are times."""

    badge: Listed
    progress: float
    earned_at: datetime | None
    revocations: Sequence[datetime]


async def badges_of_ambassador(tx: Transaction, member: Member) -> list[Held]:
    """Return the badges of the programme with the ambassador's progress and history; retired ones if ever earned."""
    totals = (await _totals(tx, [member.id]))[member.id]
    awards = await store.awards(tx, [member.id])
    held = [
        _held(badge, totals, [award for award in awards if award.key == badge.definition.key])
        for badge in await badges_of(tx, member.programme_id)
    ]
    return [one for one in held if one.badge.retired_at is None or one.earned_at or one.revocations]


def _held(badge: Listed, totals: Mapping[str, int], awards: Sequence[BadgeAward]) -> Held:
    holding = next((award.earned_at for award in awards if award.revoked_at is None), None)
    revocations = [award.revoked_at for award in awards if award.revoked_at]
    return Held(badge, round(badge.definition.condition.progress(totals), 4), holding, revocations)
