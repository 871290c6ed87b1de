"""Bodies of answers about clicks."""

from collections.abc import Mapping
from typing import get_args

from pydantic import BaseModel, Field

from libs.events.sharing import Verdict
from services.sharing.clicks.domain import VALID


class VerdictOut(BaseModel):
    """How many visits were judged so."""

    verdict: Verdict
    count: int


class LinkClicksOut(BaseModel):
    """The visits of a link in the days for which they are kept."""

    valid: int = Field(description="Visits that count.")
    waiting: int = Field(description="Visits that are judged once the link is in a share.")
    rejected: list[VerdictOut] = Field(description="Visits that do not count, in the order of the checks.")

    @classmethod
    def of(cls, counts: Mapping[str | None, int]) -> "LinkClicksOut":
        """Shape counts by verdict."""
        rejected = [
            VerdictOut(verdict=verdict, count=counts[verdict])
            for verdict in get_args(Verdict)
            if verdict != VALID and verdict in counts
        ]
        return cls(valid=counts.get(VALID, 0), waiting=counts.get(None, 0), rejected=rejected)
