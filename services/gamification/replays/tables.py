"""The tables of simulations and of what they found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Double
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Simulation(SQLModel, table=True):
    """A version of the rules tried on a season; the row that is claimed while it is worked on.

    `counted_to` is the last ambassador that is done, in the order of ids; the figures stand when all are.
    """

    __tablename__ = "simulation"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    version: int
    season: str
    requested_at: datetime = Field(sa_type=TIMESTAMP)
    ambassadors: int = 0
    counted: int = 0
    counted_to: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    total_now: int | None = Field(default=None, sa_type=BigInteger)
    total_then: int | None = Field(default=None, sa_type=BigInteger)
    gini_now: float | None = Field(default=None, sa_type=Double)
    gini_then: float | None = Field(default=None, sa_type=Double)
    gaining: int | None = None
    losing: int | None = None


class SimulatedOutcome(SQLModel, table=True):
    """What becomes of one ambassador, in milli-points; `place` is 1 for the largest change. Ranks come at the end."""

    __tablename__ = "simulated_outcome"

    simulation_id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(primary_key=True)
    now: int = Field(sa_type=BigInteger)
    then: int = Field(sa_type=BigInteger)
    rank_now: int | None = None
    rank_then: int | None = None
    place: int | None = None
