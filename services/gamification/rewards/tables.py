"""The tables of rewards and redemptions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Reward(SQLModel, table=True):
    """One offer of a programme. `stock` is what is left; None is without limit, as is None for `per_person`."""

    __tablename__ = "reward"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    name: str
    price: int = Field(sa_type=BigInteger, description="In milli-points.")
    stock: int | None = None
    per_person: int | None = None


class Redemption(SQLModel, table=True):
    """One request of an ambassador for a reward, at the price of that moment, in milli-points."""

    __tablename__ = "redemption"

    id: UUID = Field(primary_key=True)
    reward_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    price: int = Field(sa_type=BigInteger)
    state: str
    requested_at: datetime = Field(sa_type=TIMESTAMP)
    changed_at: datetime = Field(sa_type=TIMESTAMP)
