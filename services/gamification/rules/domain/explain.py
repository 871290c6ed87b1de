"""One sentence for each line, in the words of the person who earned it."""

from collections.abc import Mapping
from typing import Literal

from services.gamification.rules.domain.factors import ONE
from services.gamification.rules.domain.lines import Line, LineKind
from services.gamification.rules.domain.wordings import WORDINGS, Wording

Language = Literal["en", "fr"]
Factors = Mapping[str, int | str]

KINDS = ("reactions", "comments", "reshares", "mentions", "visits")


def sentence(line: Line, language: Language) -> str:
    """What a line was given for, e.g. "19.1 points: 8 reactions, 5 visits (x .999 your own words, ...)"."""
    words = WORDINGS[language]
    describe = {LineKind.SHARE: _share, LineKind.REPLIES: _replies, LineKind.CONVERSIONS: _conversions}
    reasons = describe[line.kind](words, line.factors)
    return words.sentence.format(
        points=_counted(words, "points", line.milli_points, shown=_points(words, line.milli_points)),
        reasons=f"{words.held}, {reasons}" if line.factors.get("held") else reasons,
    )


def _share(words: Wording, factors: Factors) -> str:
    if factors.get("model") == "linear":
        return _linear(words, factors)
    counts = [_counted(words, kind, _number(factors, kind) * 1000) for kind in KINDS if _number(factors, kind)]
    return f"{', '.join(counts) or words.nobody} ({', '.join(_multipliers(words, factors))})"


def _linear(words: Wording, factors: Factors) -> str:
    counts = [_counted(words, kind, _number(factors, kind) * 1000) for kind in KINDS if _number(factors, kind)]
    limit = f" ({words.day_limit})" if factors["day_capped"] else ""
    return ", ".join([_counted(words, "shares", 1000), *counts]) + limit


def _multipliers(words: Wording, factors: Factors) -> list[str]:
    parrot = "F_parrot_first" if factors["F_parrot"] == ONE else "F_parrot"
    named = [("F_pers", "F_pers"), ("F_parrot", parrot)]
    named += [(name, name) for name in ("F_self", "day", "week", "A") if factors[name] != ONE]
    bucket = factors["audience_bucket"]
    return [
        f"{words.times} {_decimal(words, _number(factors, name))} {words.factors[label].format(bucket=bucket)}"
        for name, label in named
    ]


def _replies(words: Wording, factors: Factors) -> str:
    answers = _counted(words, "answers", _number(factors, "answers") * 1000)
    hours = _counted(words, "hours", _number(factors, "slowest_hours") * 1000)
    return words.within.format(answers=answers, hours=hours) + _limit(words, factors)


def _conversions(words: Wording, factors: Factors) -> str:
    return _counted(words, "conversions", _number(factors, "conversions") * 1000) + _limit(words, factors)


def _limit(words: Wording, factors: Factors) -> str:
    return f" ({words.limit})" if factors["capped"] else ""


def _number(factors: Factors, name: str) -> int:
    return int(factors[name])


def _counted(words: Wording, noun: str, thousandths: int, *, shown: str | None = None) -> str:
    singular, plural = words.nouns[noun]
    chosen = singular if words.is_singular(thousandths) else plural
    return f"{shown or thousandths // 1000} {chosen}"


def _points(words: Wording, milli: int) -> str:
    """One decimal, two below one point, none when nothing follows."""
    hundredths = (milli + 5) // 10
    shown = f"{hundredths / 100:.2f}" if hundredths < 100 else f"{(milli + 50) // 100 / 10:.1f}"
    return (shown.rstrip("0").rstrip(".") or "0").replace(".", words.point)


def _decimal(words: Wording, factor: int) -> str:
    """Three decimals; English leaves out the zero in front."""
    shown = f"{(factor + 5) // 10 / 1000:.3f}".rstrip("0").rstrip(".")
    if not words.leading_zero and "." in shown:
        shown = shown.removeprefix("0")
    return shown.replace(".", words.point)
