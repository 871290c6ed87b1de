"""The table of boards."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class Board(SQLModel, table=True):
    """A board's definition: points of everybody in a programme, for each period."""

    __tablename__ = "board"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(index=True)
    title: str
    metric: str
