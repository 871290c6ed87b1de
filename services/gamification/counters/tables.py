"""The tables of counters."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class CounterDay(SQLModel, table=True):
    """The value of a counter on one local day of the programme."""

    __tablename__ = "counter_day"

    ambassador_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    value: int


class Counter(SQLModel, table=True):
    """The value of a counter in all."""

    __tablename__ = "counter"

    ambassador_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)
