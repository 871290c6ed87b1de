"""The presets of rules that come with the product: plain data, one entry for each name."""

from collections.abc import Mapping
from types import MappingProxyType

AUTHENTIC: Mapping[str, Mapping[str, float | list[int]]] = MappingProxyType(
    {
        "text": {"reuse_low": 0.25, "reuse_high": 0.90, "own_words_scale": 12, "least": 0.20},
        "parrot": {"half_at": 3, "own_repeat": 0.25},
        "people": {
            "reaction": 1,
            "comment": 4,
            "reshare": 6,
            "mention": 3,
            "most_per_person": 8,
            "full_days": 14,
            "late_days": 30,
            "late_weight": 0.5,
            "colleague": 0.25,
            "reciprocity_discount": 0.8,
            "reciprocity_days": 30,
            "colleagues_at_most": 3,
            "colleagues_per_outsider": 0.25,
            "nameless": 0.7,
        },
        "repeat": {"exponent": 0.5, "days": 30},
        "clicks": {"ceiling": 20, "half_at": 20, "bound": 4, "bound_clicks_only": 12},
        "audience": {
            "reference": 500,
            "smallest": 150,
            "largest": 20_000,
            "exponent": 0.30,
            "assumed": 500,
            "buckets": [150, 500, 2000, 8000, 20_000],
        },
        "saturation": {"start": 2, "ceiling": 40, "half_at": 40},
        "zeal": {"full_a_day": 1, "day_ratio": 0.3, "full_a_week": 3, "week_ratio": 0.4},
        "replies": {
            "each": 2,
            "least_words": 3,
            "full_hours": 4,
            "zero_hours": 72,
            "days": 30,
            "best_per_share": 6,
            "per_week": 20,
        },
        "conversions": {"each": 20, "per_week": 100},
    }
)

# what other tools do: points for each action, so and so many a day, whatever the text says
LINEAR: Mapping[str, Mapping[str, float | list[int]]] = MappingProxyType(
    {
        "points": {"share": 5, "reaction": 1, "comment": 4, "reshare": 6, "mention": 3, "click": 1},
        "limits": {"points_a_day": 50, "shares_a_day": 3, "days": 30},
    }
)

PRESETS: Mapping[str, Mapping[str, Mapping[str, float | list[int]]]] = MappingProxyType({"authentic": AUTHENTIC})
