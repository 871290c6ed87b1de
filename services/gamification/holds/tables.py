"""The table of held shares."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class HeldShare(SQLModel, table=True):
    """One hold on one share; the share is worth nothing for as long as there is at least one."""

    __tablename__ = "held_share"

    share_id: UUID = Field(primary_key=True)
    hold_id: UUID = Field(primary_key=True)
    ambassador_id: UUID
