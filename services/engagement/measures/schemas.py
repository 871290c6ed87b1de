"""Bodies of requests and answers about measures."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from libs.events.sharing import Network
from services.engagement.measures.domain import alerts, participation, progress
from services.engagement.measures.domain.numbers import By, Measure, Number, per
from services.engagement.measures.domain.rates import Rate, Rates, emv_of
from services.engagement.measures.service import Group

Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=4)]


class NumberOut(BaseModel):
    """One number with its provenance; see docs/measures.md.

    `value` is measured + imported + declared. `people` is the part of it that was counted one by one, the rest comes
    from reports, the oldest of them read at `oldest_report`. `estimated` is of shares of which nothing else is known.
    """

    value: int
    measured: int
    imported: int
    declared: int
    people: int
    estimated: int
    oldest_report: AwareDatetime | None

    @classmethod
    def of(cls, number: Number) -> "NumberOut":
        """Shape a number."""
        return cls(
            value=number.value,
            measured=number.measured,
            imported=number.imported,
            declared=number.declared,
            people=number.people,
            estimated=number.estimated,
            oldest_report=number.read_at,
        )


class GoalOut(BaseModel):
    """Visitors who reached a goal; null is a conversion whose goal was not told."""

    goal: str | None
    visitors: NumberOut


class EmvOut(BaseModel):
    """Earned media value at the customer's own prices; networks in `unpriced` have no part in it."""

    currency: str
    value: Decimal
    estimated: Decimal
    unpriced: list[str]

    @classmethod
    def of(cls, measure: Measure, rates: Rates | None) -> "EmvOut | None":
        """Shape a value; None where no price is known."""
        if rates is None:
            return None
        found = emv_of(measure, rates)
        return cls(currency=found.currency, value=found.value, estimated=found.estimated, unpriced=list(found.unpriced))


class MeasureOut(BaseModel):
    """A group of shares in numbers. `key` is null for shares without item or campaign."""

    by: By
    key: str | None
    published_at: AwareDatetime | None
    shares: int
    audience: int
    reach: NumberOut
    impressions: NumberOut
    reactions: NumberOut
    comments: NumberOut
    reshares: NumberOut
    mentions: NumberOut
    clicks: NumberOut
    follows: NumberOut
    conversions: list[GoalOut]
    engagement: int
    engagement_per_share: float | None
    comments_by_others: int
    answered: int
    answer_rate: float | None
    first_hour: int
    first_hour_per_share: float | None
    emv: EmvOut | None

    @classmethod
    def of(cls, group: Group, by: By, rates: Rates | None) -> "MeasureOut":
        """Shape a group."""
        measure, tally = group.measure, group.measure.tally
        return cls(
            by=by,
            key=group.key or None,
            published_at=group.published_at,
            shares=tally.shares,
            audience=tally.audience,
            **_numbers(measure),
            conversions=_goals(measure),
            engagement=measure.engagement,
            engagement_per_share=per(measure.engagement, tally.shares),
            comments_by_others=tally.asked,
            answered=tally.answered,
            answer_rate=per(tally.answered, tally.asked),
            first_hour=tally.first_hour,
            first_hour_per_share=per(tally.first_hour, tally.shares),
            emv=EmvOut.of(measure, rates),
        )


def _numbers(measure: Measure) -> dict[str, NumberOut]:
    return {
        "reach": NumberOut.of(measure.of("reach")),
        "impressions": NumberOut.of(measure.of("impression")),
        "reactions": NumberOut.of(measure.of("reaction")),
        "comments": NumberOut.of(measure.of("comment")),
        "reshares": NumberOut.of(measure.of("reshare")),
        "mentions": NumberOut.of(measure.of("mention")),
        "clicks": NumberOut.of(measure.of("click")),
        "follows": NumberOut.of(measure.of("follow")),
    }


def _goals(measure: Measure) -> list[GoalOut]:
    found: Mapping[str | None, Number] = measure.goals
    ordered = sorted(found.items(), key=lambda pair: pair[0] or "")
    return [GoalOut(goal=goal, visitors=NumberOut.of(number)) for goal, number in ordered]


class RateIn(BaseModel):
    """What a network costs: `cpm` for a thousand views, `cpc` for a click."""

    model_config = ConfigDict(extra="forbid")

    network: Network | Literal["any"]
    cpm: Price
    cpc: Price


class RatesIn(BaseModel):
    """All prices of a programme, in one currency (ISO 4217); they replace what was set before."""

    model_config = ConfigDict(extra="forbid")

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    rates: list[RateIn] = Field(max_length=6)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len({rate.network for rate in self.rates}) < len(self.rates):
            raise ValueError("each network has one price")
        return self

    def value(self) -> Rates:
        """Return the prices as a value."""
        return Rates(
            currency=self.currency,
            networks={rate.network: Rate(cpm=rate.cpm, cpc=rate.cpc) for rate in self.rates},
        )


class RateOut(BaseModel):
    """What a network costs."""

    network: str
    cpm: Decimal
    cpc: Decimal


class RatesOut(BaseModel):
    """All prices of a programme; no currency while none are set."""

    currency: str | None
    rates: list[RateOut]

    @classmethod
    def of(cls, rates: Rates | None) -> "RatesOut":
        """Shape prices."""
        if rates is None:
            return cls(currency=None, rates=[])
        rows = [RateOut(network=name, cpm=rate.cpm, cpc=rate.cpc) for name, rate in sorted(rates.networks.items())]
        return cls(currency=rates.currency, rates=rows)


class PartOut(BaseModel):
    """A part of a group; both null where fewer than five people stand behind a signal about risk."""

    part: int | None
    of: int
    rate: float | None

    @classmethod
    def of_rate(cls, rate: participation.Rate) -> "PartOut":
        """Shape a rate."""
        return cls(part=rate.part, of=rate.of, rate=rate.value)


class ParticipationOut(BaseModel):
    """How people took part in a month; see docs/measures.md."""

    month: str
    until: AwareDatetime
    members: int
    shares: int
    adoption: PartOut
    active: PartOut
    no_show: PartOut
    over_zeal: PartOut
    parrot: PartOut
    originality: float | None

    @classmethod
    def of(cls, name: str, month: participation.Month, counted: participation.Counted) -> "ParticipationOut":
        """Shape what was counted."""
        risk, rate = participation.risk, participation.rate
        big = counted.authors >= participation.SMALLEST_GROUP and counted.measured_texts
        return cls(
            month=name,
            until=month.span.end,
            members=counted.members,
            shares=counted.shares,
            adoption=PartOut.of_rate(rate(counted.adopted, counted.members)),
            active=PartOut.of_rate(rate(counted.active, counted.members)),
            no_show=PartOut.of_rate(risk(counted.silent, counted.settled, people=counted.settled)),
            over_zeal=PartOut.of_rate(risk(counted.zealous, counted.active, people=counted.active)),
            parrot=PartOut.of_rate(risk(counted.parroted, counted.shares, people=counted.authors)),
            originality=round(counted.originality, 4) if big else None,
        )


class ProgressOut(BaseModel):
    """A campaign's KPI against its target and its time; `pace` 1 is on time."""

    campaign_id: UUID
    objective: str
    kpi: str
    target: int
    number: NumberOut
    reached: float
    elapsed: float
    pace: float | None

    @classmethod
    def of(cls, campaign_id: UUID, objective: str, found: progress.Progress) -> "ProgressOut":
        """Shape a progress."""
        return cls(
            campaign_id=campaign_id,
            objective=objective,
            kpi=found.kpi,
            target=found.target,
            number=NumberOut.of(found.number),
            reached=found.reached,
            elapsed=found.elapsed,
            pace=found.pace,
        )


class AlertOut(BaseModel):
    """One thing to look at, with its reason; `people` is how many it is about, null for fewer than five."""

    kind: alerts.Kind
    scope: alerts.Scope
    scope_id: UUID
    reason: str
    people: int | None
    since: AwareDatetime | None

    @classmethod
    def of(cls, alert: alerts.Alert) -> "AlertOut":
        """Shape an alert."""
        return cls(
            kind=alert.kind,
            scope=alert.scope,
            scope_id=alert.scope_id,
            reason=alert.reason,
            people=alert.people,
            since=alert.since,
        )


class AlertsOut(BaseModel):
    """All alerts of a programme as of a time."""

    at: datetime
    items: list[AlertOut]
