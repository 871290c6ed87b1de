"""The rules document: every number of the scoring model, named, bounded, and never edited once in force."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.gamification.rules.domain.presets import PRESETS
from services.gamification.rules.errors import PresetNotFound


def _four_decimals(value: float) -> float:
    # Scoring counts in ten-thousandths: a finer number would be rounded behind the back of its author.
    if value != round(value, 4):
        raise ValueError("at most four decimals")
    return value


Amount = Annotated[float, Field(ge=0, le=1000), AfterValidator(_four_decimals)]
Positive = Annotated[float, Field(gt=0, le=1000), AfterValidator(_four_decimals)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_four_decimals)]
Exponent = Annotated[float, Field(ge=0, le=2), AfterValidator(_four_decimals)]
Days = Annotated[int, Field(ge=1, le=366)]
Hours = Annotated[int, Field(ge=0, le=24 * 90)]
Number = Annotated[int, Field(ge=0, le=1000)]
Contacts = Annotated[int, Field(ge=1, le=100_000_000)]


class Group(BaseModel):
    """Some parameters that belong together: complete, without any other, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class TextRules(Group):
    """Step 7, own words: reuse up to `reuse_low` costs nothing, from `reuse_high` on the factor is `least`."""

    reuse_low: Share
    reuse_high: Share
    own_words_scale: Positive
    least: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.reuse_low >= self.reuse_high:
            raise ValueError("reuse_low must be below reuse_high")
        return self


class ParrotRules(Group):
    """Step 7, repeats: a parrot weight of `half_at` halves the value; each own repeat multiplies by `own_repeat`."""

    half_at: Positive
    own_repeat: Share


class PeopleRules(Group):
    """Steps 1 and 2: what each kind of action is worth, until when, and by whom (an outsider is 1)."""

    reaction: Amount
    comment: Amount
    reshare: Amount
    mention: Amount
    most_per_person: Amount
    full_days: Days
    late_days: Days
    late_weight: Share
    colleague: Share
    reciprocity_discount: Share
    reciprocity_days: Days
    colleagues_at_most: Amount
    colleagues_per_outsider: Share
    nameless: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.full_days > self.late_days:
            raise ValueError("full_days must not pass late_days")
        return self


class RepeatRules(Group):
    """Step 3: the n-th share touched by one person within `days` is multiplied by n to the power of -`exponent`."""

    exponent: Exponent
    days: Days


class ClicksRules(Group):
    """Step 4: visitors saturate at `ceiling`; `bound` is what they are worth at most when nobody reacts.

    `bound_clicks_only` replaces `bound` + E for visitors checked by our own tracked link, on a network that reports
    clicks and nothing else.
    """

    ceiling: Amount
    half_at: Positive
    bound: Amount
    bound_clicks_only: Amount


class AudienceRules(Group):
    """Step 5: contacts beyond `reference` lower what an interaction is worth, fewer raise it.

    `assumed` stands for an unknown audience; `buckets` are the lower bounds under which an audience is recorded.
    """

    reference: Contacts
    smallest: Contacts
    largest: Contacts
    exponent: Exponent
    assumed: Contacts
    buckets: tuple[Contacts, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.smallest > self.largest:
            raise ValueError("smallest must not pass largest")
        if any(low >= high for low, high in pairwise(self.buckets)):
            raise ValueError("buckets must increase")
        return self


class SaturationRules(Group):
    """Steps 6 and 7: a share starts at `start` and gains at most `ceiling`, half of it at `half_at`."""

    start: Amount
    ceiling: Amount
    half_at: Positive


class ZealRules(Group):
    """Step 8: so many shares of a day and of a week count full, each further one times the ratio once more."""

    full_a_day: Number
    day_ratio: Share
    full_a_week: Number
    week_ratio: Share


class RepliesRules(Group):
    """Step 9: an answer of at least `least_words` is worth `each`, falling to nothing at `zero_hours`."""

    each: Amount
    least_words: Number
    full_hours: Hours
    zero_hours: Hours
    days: Days
    best_per_share: Number
    per_week: Amount

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.full_hours >= self.zero_hours:
            raise ValueError("full_hours must be below zero_hours")
        return self


class ConversionsRules(Group):
    """Step 10: what a verified conversion is worth, and what all of a week are worth at most."""

    each: Amount
    per_week: Amount


class Rules(Group):
    """One version of the rules; `valid_from` is the first local day of the programme that it governs."""

    model: Literal["authentic"] = "authentic"
    version: Annotated[int, Field(ge=1)]
    valid_from: date
    text: TextRules
    parrot: ParrotRules
    people: PeopleRules
    repeat: RepeatRules
    clicks: ClicksRules
    audience: AudienceRules
    saturation: SaturationRules
    zeal: ZealRules
    replies: RepliesRules
    conversions: ConversionsRules

    @classmethod
    def preset(cls, name: str, *, version: int = 1, valid_from: date = date(2020, 1, 1)) -> Self:
        """The numbers of a named preset under a version of one's own. Raises PresetNotFound."""
        if name not in PRESETS:
            raise PresetNotFound(f"No rules preset is called {name!r}.")
        return cls.model_validate({"version": version, "valid_from": valid_from, **PRESETS[name]})
