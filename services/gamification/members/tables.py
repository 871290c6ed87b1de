"""The tables of programmes, ambassadors and what they are grouped by, as gamification knows them."""

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


class MemberTeam(SQLModel, table=True):
    """A team of a programme; it may be known before anybody is in it."""

    __tablename__ = "member_team"

    id: UUID = Field(primary_key=True)
    programme_id: UUID


class MemberCampaign(SQLModel, table=True):
    """A campaign of a programme; where its captions are locked they must be used as they are."""

    __tablename__ = "member_campaign"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(index=True)
    name: str
    captions_locked: bool


class MemberCohort(SQLModel, table=True):
    """A cohort of a programme; `version` is the one that told who is in it."""

    __tablename__ = "member_cohort"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    name: str
    version: int


class CohortMember(SQLModel, table=True):
    """An ambassador in a cohort."""

    __tablename__ = "cohort_member"

    cohort_id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(primary_key=True)


class PlannedSeasonRow(SQLModel, table=True):
    """A season that was placed in a programme's calendar before it began; it stays where it is."""

    __tablename__ = "planned_season"

    programme_id: UUID = Field(primary_key=True)
    first_monday: date = Field(primary_key=True)
    weeks: int
    title: str
