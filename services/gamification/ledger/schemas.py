"""Bodies of answers about points."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from libs.web.pages import Page
from services.gamification.ledger.domain import NO_SHARE
from services.gamification.ledger.explanation import in_words, most
from services.gamification.ledger.tables import Balance, Entry
from services.gamification.rules.domain import Language, Line, LineKind, sentence


def line_of(row: Entry) -> Line:
    """Return the line that an entry led to."""
    share_id = None if row.share_id == NO_SHARE else row.share_id
    return Line(kind=LineKind(row.kind), share_id=share_id, milli_points=row.after, factors=row.factors)


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
    cause: str = Field(description="Id of the event that led to it; `withdrawn:` and an interaction's, taken back.")

    @classmethod
    def of(cls, row: Entry, language: Language) -> "EntryOut":
        """Shape a row, with its sentence in a language."""
        line = line_of(row)
        return cls(
            entry_id=row.entry_id,
            sequence=row.sequence or 0,
            booked_at=row.booked_at,
            week=row.week,
            season=row.season,
            kind=line.kind.value,
            share_id=line.share_id,
            points=(row.after - row.before) / 1000,
            before=row.before / 1000,
            after=row.after / 1000,
            sentence=sentence(line, language),
            factors=dict(row.factors),
            rules_version=row.rules_version,
            cause=row.cause,
        )


class FactorOut(BaseModel):
    """One factor: its name as in the rules, its value, and what it means."""

    name: str
    value: float | str
    meaning: str


class MostOut(BaseModel):
    """What would have raised the line most; `points` is what it would be worth then, null where nobody can know."""

    factor: str
    points: float | None
    sentence: str


class WhyOut(BaseModel):
    """Why an entry's line is worth what it is."""

    entry_id: UUID
    language: Language
    sentence: str
    before: float
    after: float
    factors: list[FactorOut]
    most: MostOut
    rules_version: int

    @classmethod
    def of(cls, row: Entry, language: Language) -> "WhyOut":
        """Explain a row in a language."""
        line = line_of(row)
        missing = most(line, language)
        return cls(
            entry_id=row.entry_id,
            language=language,
            sentence=sentence(line, language),
            before=row.before / 1000,
            after=row.after / 1000,
            factors=[
                FactorOut(name=one.name, value=one.value, meaning=one.meaning)
                for one in in_words(line.factors, language)
            ],
            most=MostOut(
                factor=missing.name,
                points=None if missing.milli_points is None else missing.milli_points / 1000,
                sentence=missing.sentence,
            ),
            rules_version=row.rules_version,
        )


class PointsOut(BaseModel):
    """What an ambassador holds and how it came about."""

    ambassador_id: UUID
    balances: list[BalanceOut]
    entries: Page[EntryOut]
