"""The rate classes: how often, who counts, and what becomes of a call that cannot be counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.routes import Rate


class Limit(BaseModel):
    """`quota` calls at once, and as many again in each `window` seconds, earned evenly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quota: int = Field(ge=1, le=1_000_000)
    window: int = Field(ge=1, le=3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateClass:
    """`counted` by all processes together in Valkey, or by each process for itself.

    Without Valkey an `open` class is counted by each process for itself, a `closed` one answers 503.
    """

    limit: Limit
    counted: Literal["together", "apart"]
    without_valkey: Literal["open", "closed"]


# Boards and links cost a process next to nothing, and very many ask for them: counting them in Valkey would cost more.
CLASSES: Mapping[Rate, RateClass] = {
    "board": RateClass(limit=Limit(quota=1200, window=60), counted="apart", without_valkey="open"),
    "read": RateClass(limit=Limit(quota=600, window=60), counted="together", without_valkey="open"),
    "write": RateClass(limit=Limit(quota=240, window=60), counted="together", without_valkey="open"),
    "ingest": RateClass(limit=Limit(quota=1200, window=60), counted="together", without_valkey="open"),
    "export": RateClass(limit=Limit(quota=30, window=60), counted="together", without_valkey="closed"),
    "link": RateClass(limit=Limit(quota=3000, window=60), counted="apart", without_valkey="open"),
    "login-less": RateClass(limit=Limit(quota=3000, window=60), counted="together", without_valkey="open"),
}
