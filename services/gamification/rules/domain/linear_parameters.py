"""The rules document of the model *linear*: points for each action, with daily limits."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.gamification.rules.domain.parameters import Amount, Days, Group, Number


class LinearPoints(Group):
    """What a share is worth, and each action of a person on it."""

    share: Amount
    reaction: Amount
    comment: Amount
    reshare: Amount
    mention: Amount
    click: Amount


class LinearLimits(Group):
    """What the shares of one local day are worth at most, how many of them count, and for how many days actions do."""

    points_a_day: Amount
    shares_a_day: Number
    days: Days

    @property
    def full_days(self) -> int:
        """The days in which an action counts full: all of them."""
        return self.days

    @property
    def late_days(self) -> int:
        """The days in which an action counts at all."""
        return self.days


class LinearRules(Group):
    """One version of linear rules; `valid_from` is the first local day of the programme that it governs."""

    model: Literal["linear"]
    version: Annotated[int, Field(ge=1)]
    valid_from: date
    points: LinearPoints
    limits: LinearLimits
