"""Bodies of answers about points."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from libs.web.pages import Page
from services.gamification.ledger.domain import NO_SHARE
from services.gamification.ledger.tables import Balance, Entry
from services.gamification.rules.domain import Language, Line, LineKind, sentence


class BalanceOut(BaseModel):
    """Points of one period: `all`, a season (`S001`) or a week (`2026-W47`)."""

    period: str
    points: float

    @classmethod
    def of(cls, row: Balance) -> "BalanceOut":
        """Shape a row."""
        return cls(period=row.period, points=row.milli_points / 1000)


class EntryOut(BaseModel):
    """One booked difference: what it changed, and why the line is worth what it is, in words and numbers."""

    entry_id: UUID
    sequence: int
    booked_at: AwareDatetime
    week: str
    season: str
    kind: Literal["share", "replies", "conversions"]
    share_id: UUID | None
    points: float = Field(description="What this entry changed; below zero for a correction.")
    before: float
    after: float
    sentence: str
    factors: dict[str, JsonValue]
    rules_version: int
    cause: str = Field(description="Id of the event that led to it.")

    @classmethod
    def of(cls, row: Entry, language: Language) -> "EntryOut":
        """Shape a row, with its sentence in a language."""
        share_id = None if row.share_id == NO_SHARE else row.share_id
        kind = LineKind(row.kind)
        line = Line(kind=kind, share_id=share_id, milli_points=row.after, factors=row.factors)
        return cls(
            entry_id=row.entry_id,
            sequence=row.sequence or 0,
            booked_at=row.booked_at,
            week=row.week,
            season=row.season,
            kind=kind.value,
            share_id=share_id,
            points=(row.after - row.before) / 1000,
            before=row.before / 1000,
            after=row.after / 1000,
            sentence=sentence(line, language),
            factors=dict(row.factors),
            rules_version=row.rules_version,
            cause=row.cause,
        )


class PointsOut(BaseModel):
    """What an ambassador holds and how it came about."""

    ambassador_id: UUID
    balances: list[BalanceOut]
    entries: Page[EntryOut]
