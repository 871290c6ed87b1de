"""The tables of boards: what each board is, how ambassadors want to appear on them, and the standings that are kept."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Text, Uuid, text
from sqlmodel import Field, SQLModel


def _list_of(kind: Any, default: str) -> Any:  # noqa: ANN401 - SQLAlchemy's types and SQLModel's fields are untyped here
    return Column(ARRAY(kind), nullable=False, server_default=default)


class Board(SQLModel, table=True):
    """A board's definition; never edited, so that a rank means the same for as long as the board exists."""

    __tablename__ = "board"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(index=True)
    title: str
    metric: str
    subject: str = "ambassador"
    team_id: UUID | None = None
    campaign_id: UUID | None = None
    cohort_id: UUID | None = None
    network: str | None = None
    periods: list[str] = Field(
        default_factory=lambda: ["week", "season", "all"], sa_column=_list_of(Text, "{week,season,all}")
    )
    min_shares: int = 0
    enrolled_from: date | None = None
    enrolled_until: date | None = None
    excluded_team_ids: list[UUID] = Field(default_factory=list, sa_column=_list_of(Uuid, "{}"))
    tie: str = "first"
    anonymity: str = "name"
    # whether its standings are kept here, because the ledger's balances are not what it shows
    kept: bool = False
    # what pseudonyms are made with: nobody who knows only the ids can tell who is who
    salt: UUID | None = Field(
        default=None, sa_column=Column(Uuid, nullable=False, server_default=text("gen_random_uuid()"))
    )


class BoardVisibility(SQLModel, table=True):
    """How an ambassador wants to appear; `version` grows with each change and fences what is written to Valkey."""

    __tablename__ = "board_visibility"

    ambassador_id: UUID = Field(primary_key=True)
    boards: str
    version: int


class BoardStanding(SQLModel, table=True):
    """What an ambassador or a team shows on a board of kept standings; no score: no row any more.

    `sequence` is drawn when the score changes; it is the arrival and the fence, as the ledger's is elsewhere.
    """

    __tablename__ = "board_standing"

    board_id: UUID = Field(primary_key=True)
    row_id: UUID = Field(primary_key=True)
    period: str = Field(primary_key=True)
    score: int | None = Field(default=None, sa_type=BigInteger)
    sequence: int = Field(sa_type=BigInteger)
    expires_on: date | None = None


class BoardDue(SQLModel, table=True):
    """Somebody of whom a board of kept standings may show what is no longer so; only ever added and deleted."""

    __tablename__ = "board_due"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    programme_id: UUID
    ambassador_id: UUID
