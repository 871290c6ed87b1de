"""Definitions of badges, and what counters say about them."""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
# those of counters, the longest streak in weeks, and lifetime points
BadgeCounter = Literal[
    "shares",
    "own_voice_shares",
    "answers",
    "reactions",
    "comments",
    "reshares",
    "mentions",
    "clicks",
    "conversions",
    "streak_weeks",
    "points",
]
Totals = Mapping[str, int]


class LastAward(NamedTuple):
    """The last award of a badge to an ambassador: the how manieth it was, and whether it still holds."""

    number: int
    held: bool


class Part(BaseModel):
    """One part of a condition: a counter holds at least so much."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counter: BadgeCounter
    at_least: Annotated[int, Field(ge=1, le=10_000_000)]

    def progress(self, totals: Totals) -> float:
        """Return how much of it there is, 0 to 1."""
        return min(1.0, max(0, totals.get(self.counter, 0)) / self.at_least)


class Condition(BaseModel):
    """When a badge is earned: all of the parts hold, or any of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Literal["all", "any"]
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=10)]

    def progress(self, totals: Totals) -> float:
        """Return 1 when it holds, else how near it is: the mean of all parts, or the nearest of any."""
        done = [part.progress(totals) for part in self.parts]
        return sum(done) / len(done) if self.rule == "all" else max(done)

    def holds(self, totals: Totals) -> bool:
        """Whether it holds."""
        enough = self.rule == "any"  # the first part that says so settles it
        for part in self.parts:
            if (totals.get(part.counter, 0) >= part.at_least) is enough:
                return enough
        return not enough


class Titles(BaseModel):
    """What a badge is called, in each language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Title
    fr: Title


class Definition(BaseModel):
    """A badge. What it needs is never changed, so that nobody loses what they earned to a new rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    titles: Titles
    condition: Condition


def _simple(key: str, en: str, fr: str, **at_least: int) -> Definition:
    parts = [{"counter": counter, "at_least": value} for counter, value in at_least.items()]
    return Definition.model_validate(
        {"key": key, "titles": {"en": en, "fr": fr}, "condition": {"rule": "all", "parts": parts}}
    )


# what every programme has: the person's own words and conversations, never how often somebody posts
DEFAULTS = (
    _simple("first-share", "First share", "Premier partage", shares=1),
    _simple("own-voice", "Own voice", "Sa propre voix", own_voice_shares=5),
    _simple("ten-answers", "Ten answers", "Dix réponses", answers=10),
    _simple("conversation-starter", "Conversation starter", "Lance la discussion", comments=25, answers=5),
    _simple("carried-on", "Carried on", "Repris par d'autres", reshares=10),
    _simple("steady", "Four weeks in a row", "Quatre semaines de suite", streak_weeks=4),
    _simple("door-opener", "Door opener", "Ouvre des portes", conversions=1),
    _simple("hundred-points", "A hundred points", "Cent points", points=100),
)


def rarity(holders: int, enrolled: int) -> float:
    """Return the part of the enrolled who hold a badge, 0 to 1."""
    return min(1.0, round(holders / enrolled, 4)) if enrolled else 0.0
