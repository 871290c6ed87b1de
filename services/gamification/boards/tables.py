"""The tables of boards: what each board is, and how ambassadors want to appear on them."""

from uuid import UUID

from sqlalchemy import Column, Uuid, text
from sqlmodel import Field, SQLModel


class Board(SQLModel, table=True):
    """A board's definition; never edited, so that a rank means the same for as long as the board exists."""

    __tablename__ = "board"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(index=True)
    title: str
    metric: str
    team_id: UUID | None = None
    tie: str = "first"
    anonymity: str = "name"
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
