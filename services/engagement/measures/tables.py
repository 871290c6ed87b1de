"""The tables of the facts that measures divide and group by, and of what a customer pays for media."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP

MONEY: Any = Numeric(12, 4)


class MeasuredProgramme(SQLModel, table=True):
    """A programme's calendar."""

    __tablename__ = "measured_programme"

    programme_id: UUID = Field(primary_key=True)
    time_zone: str
    first_day: date


class MeasuredShare(SQLModel, table=True):
    """What a share belongs to, and how its text was measured when it was recorded."""

    __tablename__ = "measured_share"

    share_id: UUID = Field(primary_key=True)
    programme_id: UUID
    ambassador_id: UUID
    team_id: UUID
    item_id: UUID | None = None
    campaign_id: UUID | None = None
    network: str
    published_at: datetime = Field(sa_type=TIMESTAMP)
    words: int
    copied: int
    parrot: int
    audience: int | None = None


class MeasuredMember(SQLModel, table=True):
    """Who takes part, and since when."""

    __tablename__ = "measured_member"

    ambassador_id: UUID = Field(primary_key=True)
    programme_id: UUID
    team_id: UUID
    enrolled_on: date


class MeasuredCampaign(SQLModel, table=True):
    """A campaign's objective: which number shall reach what, and until when."""

    __tablename__ = "measured_campaign"

    campaign_id: UUID = Field(primary_key=True)
    programme_id: UUID
    objective: str
    kpi: str
    target: int
    starts_on: date
    ends_on: date


class MediaRate(SQLModel, table=True):
    """What a customer pays on a network for a thousand views and for a click; network `any` is for all others."""

    __tablename__ = "media_rate"

    programme_id: UUID = Field(primary_key=True)
    network: str = Field(primary_key=True)
    currency: str
    cpm: Decimal = Field(sa_type=MONEY)
    cpc: Decimal = Field(sa_type=MONEY)
    set_at: datetime = Field(sa_type=TIMESTAMP)
