"""What a manager should look at: each rule says why it speaks, with numbers, and never of whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.engagement.measures.domain.participation import SMALLEST_GROUP, people
from services.engagement.measures.domain.progress import Progress

Kind = Literal[
    "shares_without_reaction",
    "comments_unanswered",
    "texts_copied",
    "more_shares_less_engagement",
    "members_silent",
    "campaign_behind",
]
Scope = Literal["programme", "item", "campaign"]
LEAST_SHARES = 12
LOOKED_BACK = timedelta(days=28)
TO_REACT = timedelta(hours=48)  # a share needs that long to be seen
TO_ANSWER = timedelta(days=3)
ANSWERS_LOOKED_BACK = timedelta(days=60)
TO_COUNT = timedelta(days=7)  # what a share draws comes mostly within a week
COPIED = 0.75
CHANGE = 0.25
SILENT = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to look at. `people` is how many it is about, None for fewer than five."""

    kind: Kind
    scope: Scope
    scope_id: UUID
    reason: str
    people: int | None
    since: datetime | None


def shares_without_reaction(scope: Scope, scope_id: UUID, *, shares: int, authors: int, since: datetime) -> Alert:
    """Tell of shares in a row that drew nothing."""
    which = "all" if scope == "item" else "the latest"
    reason = f"{which} {shares} shares drew no reaction, comment, reshare, mention or click"
    return Alert(
        kind="shares_without_reaction",
        scope=scope,
        scope_id=scope_id,
        reason=reason,
        people=people(authors),
        since=since,
    )


def comments_unanswered(programme_id: UUID, *, comments: int, authors: int, since: datetime | None) -> Alert | None:
    """Tell of comments that wait for longer than three days."""
    if not comments:
        return None
    wait = "comment has" if comments == 1 else "comments have"
    return Alert(
        kind="comments_unanswered",
        scope="programme",
        scope_id=programme_id,
        reason=f"{comments} {wait} waited for an answer for more than {TO_ANSWER.days} days",
        people=people(authors),
        since=since,
    )


def texts_copied(programme_id: UUID, *, shares: int, copied: int, authors: int, since: datetime) -> Alert | None:
    """Tell when three quarters of the texts are copied; a signal about risk, so of five people or more."""
    if shares < LEAST_SHARES or authors < SMALLEST_GROUP or copied < COPIED * shares:
        return None
    return Alert(
        kind="texts_copied",
        scope="programme",
        scope_id=programme_id,
        reason=f"{copied} of {shares} shares of the last {LOOKED_BACK.days} days are copied for {COPIED:.0%} or more",
        people=people(authors),
        since=since,
    )


@dataclass(frozen=True, slots=True)
class Volume:
    """How much was shared in a span, and what it drew."""

    shares: int
    engagement: int

    @property
    def each(self) -> float:
        """Engagement per share."""
        return self.engagement / self.shares if self.shares else 0.0


def more_shares_less_engagement(programme_id: UUID, *, before: Volume, after: Volume, since: datetime) -> Alert | None:
    """Tell when a quarter more is shared and each share draws a quarter less: the network is tired."""
    enough = min(before.shares, after.shares) >= LEAST_SHARES
    more = after.shares >= (1 + CHANGE) * before.shares
    if not (enough and more and before.engagement and after.each <= (1 - CHANGE) * before.each):
        return None
    return Alert(
        kind="more_shares_less_engagement",
        scope="programme",
        scope_id=programme_id,
        reason=f"{after.shares} shares after {before.shares}, and {after.each:.1f} interactions each after "
        f"{before.each:.1f}",
        people=None,
        since=since,
    )


def members_silent(programme_id: UUID, *, settled: int, silent: int) -> Alert | None:
    """Tell when a third of those who joined a month ago or earlier have never shared; of five people or more."""
    if settled < SMALLEST_GROUP or silent < SILENT * settled:
        return None
    return Alert(
        kind="members_silent",
        scope="programme",
        scope_id=programme_id,
        reason=f"of {settled} members of a month or longer, {silent} have never shared",
        people=people(silent),
        since=None,
    )


def campaign_behind(campaign_id: UUID, progress: Progress) -> Alert | None:
    """Tell when half of the time has gone and the pace is below half."""
    if not 0.5 <= progress.elapsed < 1 or progress.reached >= progress.elapsed / 2:
        return None
    return Alert(
        kind="campaign_behind",
        scope="campaign",
        scope_id=campaign_id,
        reason=f"{progress.number.value} {progress.kpi} of {progress.target} after {progress.elapsed:.0%} of the time",
        people=None,
        since=None,
    )
