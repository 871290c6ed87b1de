"""What a board may be defined as: its metric, subject, scope, periods and eligibility, and what contradicts itself."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, Protocol, get_args
from uuid import UUID

from libs.problems import FieldError
from services.gamification.counters.domain import CounterName

Tie = Literal["first", "shared"]
Anonymity = Literal["name", "pseudonym", "hidden"]
Subject = Literal["ambassador", "team"]
PeriodKind = Literal["day", "week", "month", "season", "all"]
Measure = Literal["points", "conversation", "originality", "reactions_received", "engagement_per_share"]

MEASURES: tuple[str, ...] = get_args(Measure)  # of the ledger's lines
COUNTERS = tuple(one.value for one in CounterName)
METRICS = (*MEASURES, *COUNTERS)
USUAL_PERIODS: tuple[PeriodKind, ...] = ("week", "season", "all")
SCOPES = ("team_id", "campaign_id", "cohort_id", "network")
LEAST_SHARES = 3  # fewer say nothing about a mean
LEAST_TEAM = 3  # a mean of fewer would tell what one person has
# a mean is drawn towards these, in thousandths, as if by ten more shares: (x + 10 p0) / (n + 10)
PRIOR_SHARES = 10
PRIORS = {"originality": 500, "engagement_per_share": 2000}


class Definition(Protocol):
    """What decides who stands on a board, and with what."""

    metric: str
    subject: str
    team_id: UUID | None
    campaign_id: UUID | None
    cohort_id: UUID | None
    network: str | None
    periods: list[str]
    min_shares: int
    enrolled_from: date | None
    enrolled_until: date | None
    excluded_team_ids: list[UUID]
    anonymity: str


def score_of(metric: str, amount: int, shares: int) -> int | None:
    """Return what a metric shows, in thousandths, for a sum in thousandths; None for too few shares."""
    if metric not in PRIORS:
        return amount
    if shares < LEAST_SHARES:
        return None
    return (amount + PRIOR_SHARES * PRIORS[metric]) // (shares + PRIOR_SHARES)


def of_upper_half(scores: list[int], people: int) -> int:
    """Return the mean of the better half of a team, half a person counting as one; who has nothing counts nothing."""
    half = (people + 1) // 2
    return sum(sorted(scores, reverse=True)[:half]) // half


def shows_balances(board: Definition) -> bool:
    """Whether the ledger's balances are what the board shows; the standings of every other board are kept."""
    plain = board.metric == "points" and board.subject == "ambassador" and set(board.periods) <= set(USUAL_PERIODS)
    return plain and not (board.campaign_id or board.cohort_id or board.network or is_exclusive(board))


def is_exclusive(board: Definition) -> bool:
    """Whether not everybody of the scope is eligible."""
    return bool(board.min_shares or board.enrolled_from or board.enrolled_until or board.excluded_team_ids)


def is_eligible(board: Definition, team_id: UUID | None, enrolled_on: date | None) -> bool:
    """Whether team and day of joining let somebody stand on the board; None: not known yet."""
    if team_id is None or enrolled_on is None:
        return not (board.enrolled_from or board.enrolled_until or board.excluded_team_ids or board.team_id)
    return (
        board.team_id in {None, team_id}
        and team_id not in board.excluded_team_ids
        and (board.enrolled_from or date.min) <= enrolled_on <= (board.enrolled_until or date.max)
    )


def contradictions(board: Definition) -> Iterator[FieldError]:
    """Yield what in a definition would leave the board without a row for ever, or cannot be told apart."""
    given = [name for name in SCOPES if getattr(board, name) is not None]
    if len(given) > 1:
        yield FieldError(given[1], f"a board has one scope; this one has {given[0]} already")
    if not board.periods:
        yield FieldError("periods", "name one at least")
    if board.anonymity == "hidden":
        yield FieldError("anonymity", "everybody would be hidden; choose name or pseudonym")
    if board.team_id is not None and board.team_id in board.excluded_team_ids:
        yield FieldError("eligibility.excluded_team_ids", "the team of the board is excluded from it")
    if board.enrolled_from and board.enrolled_until and board.enrolled_from > board.enrolled_until:
        yield FieldError("eligibility.enrolled_until", "nobody joins after enrolled_from and before this day")
    yield from _of_metric(board)
    yield from _of_teams(board)


def _of_metric(board: Definition) -> Iterator[FieldError]:
    of_shares = board.campaign_id or board.network
    if of_shares and board.metric in COUNTERS:
        yield FieldError("metric", f"{board.metric} is counted by day, not by campaign or network")
    if board.metric == "conversation" and (of_shares or "day" in board.periods):
        field = "metric" if of_shares else "periods"
        yield FieldError(field, "points for answers belong to a week as a whole; use the metric answers")


def _of_teams(board: Definition) -> Iterator[FieldError]:
    if board.subject != "team":
        return
    if board.anonymity == "pseudonym":
        yield FieldError("anonymity", "a team has no pseudonym")
    for name in ("team_id", "cohort_id"):
        if getattr(board, name) is not None:
            yield FieldError(name, "a board of teams compares all teams of the programme")


def ids_of(board: Definition) -> list[tuple[str, UUID]]:
    """Return what a definition names that has to be of its programme, by field."""
    named = [(name, getattr(board, name)) for name in ("team_id", "campaign_id", "cohort_id")]
    excluded = [("eligibility.excluded_team_ids", team_id) for team_id in board.excluded_team_ids]
    return [(name, one) for name, one in (*named, *excluded) if one is not None]
