"""The tables of cohorts and their members."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Cohort(SQLModel, table=True):
    """One cohort; `version` counts the changes of its members."""

    __tablename__ = "cohort"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    name: str
    version: int
    formed_at: datetime = Field(sa_type=TIMESTAMP)
    changed_at: datetime = Field(sa_type=TIMESTAMP)


class CohortAmbassador(SQLModel, table=True):
    """Who is in which cohort; the primary key keeps an ambassador in one at a time."""

    __tablename__ = "cohort_ambassador"

    ambassador_id: UUID = Field(primary_key=True, foreign_key="ambassador.id")
    cohort_id: UUID = Field(foreign_key="cohort.id")
