"""What services.gamification tells: each entry of the ledger with all that made it."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from libs.events.envelope import Event


class PeriodBalance(BaseModel):
    """What an ambassador holds in one period after an entry; absolute, fenced by the ledger's sequence."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    period: str = Field(description="`all`, a season (`S001`) or a week (`2026-W47`).")
    milli_points: int
    sequence: int


class SeasonPlanned(Event):
    """A season that has not begun was given its title, its first week and its length; whoever names periods follows it.

    Between planned seasons others of thirteen weeks follow each other; all are numbered in the order of time.
    """

    type: ClassVar[str] = "gamification.season.planned.v1"

    programme_id: UUID
    title: str
    first_monday: date
    weeks: int
    planned_at: AwareDatetime


class SeasonClosed(Event):
    """A season has ended and its standings are settled: later corrections move balances and not these."""

    type: ClassVar[str] = "gamification.season.closed.v1"

    programme_id: UUID
    season: str
    people: int = Field(description="How many stand in it.")
    digest: str = Field(description="SHA-256 of the standings in their order, as `GET …/standings` gives them.")
    frozen_at: AwareDatetime


class VisibilitySet(Event):
    """How an ambassador appears on boards; a higher version replaces a lower one. Whoever shows boards follows it."""

    type: ClassVar[str] = "gamification.visibility.set.v1"

    ambassador_id: UUID
    programme_id: UUID
    boards: Literal["name", "pseudonym", "hidden"]
    version: int = Field(description="Grows with each change; 0 before the first choice.")


class PointsAwarded(Event):
    """The ledger booked a difference; `balances` are absolute, so that a listener may apply them in any order."""

    type: ClassVar[str] = "gamification.points.awarded.v1"

    entry_id: UUID
    sequence: int
    programme_id: UUID
    ambassador_id: UUID
    share_id: UUID | None
    week: str
    season: str
    kind: Literal["share", "replies", "conversions"]
    rules_version: int
    before: int = Field(description="Milli-points of this line before.")
    after: int = Field(description="Milli-points of this line now.")
    factors: dict[str, JsonValue]
    balances: tuple[PeriodBalance, ...]
    booked_at: AwareDatetime


class LevelReached(Event):
    """An ambassador stands on another level: a higher one by points, a lower one only by a correction of points."""

    type: ClassVar[str] = "gamification.level.reached.v1"

    programme_id: UUID
    ambassador_id: UUID
    before: int
    level: int
    needed: int = Field(description="Lifetime points that the level needs.")
    reached_at: AwareDatetime


class BadgeEarned(Event):
    """An ambassador earned a badge."""

    type: ClassVar[str] = "gamification.badge.earned.v1"

    programme_id: UUID
    ambassador_id: UUID
    badge: str = Field(description="Key of the badge in its programme.")
    number: int = Field(description="1 for the first time; more when it was revoked and earned again.")
    earned_at: AwareDatetime


class BadgeRevoked(Event):
    """A correction took what a badge needs; that it had been earned stays on record."""

    type: ClassVar[str] = "gamification.badge.revoked.v1"

    programme_id: UUID
    ambassador_id: UUID
    badge: str
    number: int
    revoked_at: AwareDatetime


class ChallengeCompleted(Event):
    """The target of a challenge was reached: by one ambassador, or by all together."""

    type: ClassVar[str] = "gamification.challenge.completed.v1"

    challenge_id: UUID
    programme_id: UUID
    kind: Literal["individual", "collective"]
    ambassador_id: UUID | None = Field(description="Null for a collective challenge.")
    target: int
    value: int
    completed_at: AwareDatetime


class ChallengeCancelled(Event):
    """A challenge was stopped before its end; nobody completes it any more."""

    type: ClassVar[str] = "gamification.challenge.cancelled.v1"

    challenge_id: UUID
    programme_id: UUID
    kind: Literal["individual", "collective"]
    total: int = Field(description="What all ambassadors had done together.")
    cancelled_at: AwareDatetime


class RewardRedeemed(Event):
    """An ambassador asked for a reward; its price is taken from what they can spend, never from the ledger."""

    type: ClassVar[str] = "gamification.reward.redeemed.v1"

    redemption_id: UUID
    reward_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    milli_points: int = Field(description="The price.")
    redeemed_at: AwareDatetime


RedemptionState = Literal["requested", "approved", "delivered", "refused", "cancelled"]


class RedemptionChanged(Event):
    """A redemption went on to its next state; a refused or cancelled one gives points and stock back."""

    type: ClassVar[str] = "gamification.redemption.changed.v1"

    redemption_id: UUID
    reward_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    before: RedemptionState
    state: RedemptionState
    changed_at: AwareDatetime


class SpotlightGiven(Event):
    """A manager put an ambassador into the spotlight; the words of it are read through the API."""

    type: ClassVar[str] = "gamification.spotlight.given.v1"

    spotlight_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    appearance: Literal["name", "pseudonym"] = Field(
        default="name",
        description="How they want to be shown; later choices are told by `gamification.visibility.set.v1`.",
    )
    given_at: AwareDatetime


class SpotlightWithdrawn(Event):
    """A spotlight is shown no more: the person in it, or a manager, took it back. Whoever shows it takes it down."""

    type: ClassVar[str] = "gamification.spotlight.withdrawn.v1"

    spotlight_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    withdrawn_at: AwareDatetime


class PointsHeld(Event):
    """The points of shares are held back until a manager has looked at them; the ledger's entries say which."""

    type: ClassVar[str] = "gamification.points.held.v1"

    hold_id: UUID
    programme_id: UUID
    ambassador_ids: tuple[UUID, ...]
    share_ids: tuple[UUID, ...]
    author_ids: tuple[UUID, ...] = Field(default=(), description="Whose each of the shares is, in the same order.")
    kind: Literal["pod", "crowd", "burst"]
    milli_points: int = Field(description="What was taken out of balances.")
    figures: dict[str, int] = Field(description="What was seen; shares in percent.")
    held_at: AwareDatetime


class PointsReleased(Event):
    """A hold ended: its shares are worth what their evidence says, unless another hold concerns them."""

    type: ClassVar[str] = "gamification.points.released.v1"

    hold_id: UUID
    programme_id: UUID
    ambassador_ids: tuple[UUID, ...]
    share_ids: tuple[UUID, ...]
    milli_points: int = Field(description="What came back into balances.")
    released_at: AwareDatetime


class RulesActivated(Event):
    """A programme decided which rules hold for its weeks, from a date on or, as a correction, for a whole season."""

    type: ClassVar[str] = "gamification.rules.activated.v1"

    programme_id: UUID
    number: int = Field(description="Counts the activations of a programme: of two for one week the later holds.")
    version: int
    mode: Literal["from", "correction"]
    season: str | None = Field(description="Of a correction; its differences are booked as entries of their own.")
    first_week: str
    last_week: str | None = Field(description="Null: until other rules take their place.")
    note: str = Field(description="What changed, in the words of who drafted it.")
    document: dict[str, JsonValue] = Field(description="Every parameter.")
    activated_at: AwareDatetime


class RulesReversed(Event):
    """A correction was taken back: each of its weeks follows again what would hold for it without that correction."""

    type: ClassVar[str] = "gamification.rules.reversed.v1"

    programme_id: UUID
    number: int = Field(description="Counts the activations of a programme, reversals among them.")
    reverses: int = Field(description="The number of the activation that no longer counts.")
    version: int = Field(description="The version that had been activated.")
    season: str
    first_week: str
    last_week: str
    reversed_at: AwareDatetime
