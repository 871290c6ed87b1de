"""Bodies of answers about board definitions."""

from uuid import UUID

from pydantic import BaseModel

from services.gamification.boards.tables import Board


class BoardOut(BaseModel):
    """A board's definition; its standings are read at the gateway."""

    id: UUID
    programme_id: UUID
    title: str
    metric: str

    @classmethod
    def of(cls, row: Board) -> "BoardOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)


class BoardsOut(BaseModel):
    """The boards of a programme."""

    items: list[BoardOut]
    next: None
