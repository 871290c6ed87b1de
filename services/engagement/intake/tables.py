"""The table of receipts."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class ReceiptRow(SQLModel, table=True):
    """What became of one request so far; written with its effect."""

    __tablename__ = "receipt"

    receipt_id: UUID = Field(primary_key=True)
    programme_id: UUID | None = None
    accepted: int
    new: int
    duplicates: int
    conflicts: int
    quarantined: int = 0
