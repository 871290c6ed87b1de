"""Settings that are allowed and contradict each other, with the reason: what a manager is warned of."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gamification.rules.domain.documents import AnyRules
from services.gamification.rules.domain.linear_parameters import LinearRules
from services.gamification.rules.domain.parameters import Rules


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One setting and why it works against another."""

    field: str
    reason: str


HEAVY = 0.5  # a copied text that is worth less than this part of an own one: own words weigh heavily


def contradictions(rules: AnyRules, locked_campaigns: Sequence[str] = ()) -> list[Contradiction]:
    """Return what in the rules works against itself, or against the programme's campaigns with locked captions.

    There is nothing for the preset *authentic* where no captions are locked.
    """
    if isinstance(rules, LinearRules):
        found = _linear(rules)
    else:
        found = [*_text(rules), *_locked(rules, locked_campaigns), *_people(rules), *_limits(rules)]
    return [Contradiction(field, reason) for holds, field, reason in found if holds]


Found = Sequence[tuple[bool, str, str]]


def _locked(rules: Rules, campaigns: Sequence[str]) -> Found:
    reason = "the captions of the campaign {} are locked: who must use them as they are cannot earn by own words"
    return [(rules.text.least < HEAVY, "text.least", reason.format(campaign)) for campaign in campaigns]


def _text(rules: Rules) -> Found:
    text, parrot = rules.text, rules.parrot
    return [
        (text.least == 1, "text.least", "own words weigh nothing, yet repeating colleagues still costs points"),
        (parrot.own_repeat == 1, "parrot.own_repeat", "repeating oneself is free while repeating colleagues is not"),
    ]


def _people(rules: Rules) -> Found:
    people, clicks, audience = rules.people, rules.clicks, rules.audience
    kinds = (people.reaction, people.comment, people.reshare, people.mention)
    return [
        (people.most_per_person < max(kinds), "people.most_per_person", "one action alone is worth more than a person"),
        (people.comment < people.reaction, "people.comment", "a comment is worth less than a reaction"),
        (people.colleague >= people.nameless, "people.colleague", "a colleague weighs as much as people nobody knows"),
        (people.colleague == 1, "people.colleague", "colleagues weigh as outsiders do: a ring of friends pays in full"),
        (
            people.late_weight == 0 and people.late_days > people.full_days,
            "people.late_days",
            "late actions pay nothing",
        ),
        (clicks.bound > clicks.ceiling, "clicks.bound", "visitors never reach it, their ceiling is lower"),
        (clicks.bound_clicks_only > clicks.ceiling, "clicks.bound_clicks_only", "visitors never reach it"),
        (
            not audience.smallest <= audience.reference <= audience.largest,
            "audience.reference",
            "no audience is counted as large as that, so no share has a factor of 1",
        ),
    ]


def _limits(rules: Rules) -> Found:
    zeal, replies, conversions = rules.zeal, rules.replies, rules.conversions
    return [
        (zeal.full_a_day == 0, "zeal.full_a_day", "no share counts in full, not even the only one of a day"),
        (zeal.full_a_week == 0, "zeal.full_a_week", "no share counts in full, not even the only one of a week"),
        (zeal.full_a_week > 7 * zeal.full_a_day > 0, "zeal.full_a_week", "more than seven days can hold"),
        (
            rules.saturation.ceiling == 0,
            "saturation.ceiling",
            "reactions pay nothing: points follow the number of shares",
        ),
        (replies.each > replies.per_week, "replies.each", "one answer is worth more than the limit of a week"),
        (replies.best_per_share == 0 < replies.each, "replies.best_per_share", "answers have a worth and none counts"),
        (conversions.each > conversions.per_week, "conversions.each", "one conversion passes the limit of a week"),
    ]


def _linear(rules: LinearRules) -> Found:
    points, limits = rules.points, rules.limits
    drawn = (points.reaction, points.comment, points.reshare, points.mention, points.click)
    return [
        (True, "model", "a pasted text earns as much as one's own words: people will paste"),
        (not any(drawn), "points", "only sharing pays, whatever it draws"),
        (limits.shares_a_day == 0, "limits.shares_a_day", "no share counts"),
        (limits.points_a_day == 0, "limits.points_a_day", "nothing counts"),
        (points.share > limits.points_a_day, "points.share", "one share passes the limit of a day"),
    ]
