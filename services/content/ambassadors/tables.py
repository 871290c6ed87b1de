"""The table of ambassadors as content knows them."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class Ambassador(SQLModel, table=True):
    """An ambassador; `subject_key` is the keyed hash by which they are known when they propose."""

    __tablename__ = "content_ambassador"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    subject_key: str
