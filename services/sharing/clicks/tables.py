"""The table of clicks."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class ClickRow(SQLModel, table=True):
    """One visit of a link, counted or not: what is known of it is kept with the verdict, so that it can be replayed.

    Without a verdict it waits until its link is in a share.
    """

    __tablename__ = "click"

    id: UUID = Field(primary_key=True)
    link_id: UUID = Field(foreign_key="link.id")
    seen_at: datetime = Field(sa_type=TIMESTAMP)
    visitor: str
    network: str
    agent: str
    prefetch: bool
    verdict: str | None = None
