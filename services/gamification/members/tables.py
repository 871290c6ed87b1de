"""The tables of programmes and ambassadors as gamification knows them."""

from datetime import date
from uuid import UUID

from sqlmodel import Field, SQLModel


class MemberProgramme(SQLModel, table=True):
    """A programme and its calendar."""

    __tablename__ = "member_programme"

    id: UUID = Field(primary_key=True)
    name: str
    time_zone: str
    first_day: date


class Member(SQLModel, table=True):
    """An ambassador; `subject_key` is the keyed hash by which they are known when they ask for their own points."""

    __tablename__ = "member"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(index=True)
    team_id: UUID
    subject_key: str
    enrolled_on: date
