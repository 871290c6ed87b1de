"""What would have raised a line most: each factor set to its best in turn, and the one that gains most."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.gamification.rules.domain import Language, Line, LineKind
from services.gamification.rules.domain.factors import MILLI, ONE, multiply

Factors = Mapping[str, int | str]
TEXT = ("F_pers", "F_parrot", "F_self")
ZEAL = ("day", "week")
PARTS = ("value", *TEXT, *ZEAL)
# the audience is left out: nobody changes it from one share to the next
CHANGEABLE: tuple[tuple[str, tuple[str, ...]], ...] = (*((name, (name,)) for name in TEXT), ("zeal", ZEAL))

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "reactions": "Nobody has reacted yet: people who react or comment would raise it most.",
        "F_pers": "More of your own words: told in them alone it would be worth {points} points.",
        "F_parrot": "Telling it differently from your colleagues: as the first it would be worth {points} points.",
        "F_self": "Something that you had not told before: it would be worth {points} points.",
        "zeal": "Fewer shares at once: as the best of its day and week it would be worth {points} points.",
        "people": "More people who react: nothing else holds it back.",
        "answers": "Answering more of those who comment, and sooner.",
        "conversions": "More visitors who apply or register.",
        "limit": "Nothing: the limit of a week is reached.",
        "held": "It is held for review and worth nothing until that has ended.",
    },
    "fr": {
        "reactions": "Personne n’a encore réagi : des réactions ou des commentaires l’augmenteraient le plus.",
        "F_pers": "Davantage de vos propres mots : avec eux seuls, ce partage vaudrait {points} points.",
        "F_parrot": "Le dire autrement que vos collègues : en premier, ce partage vaudrait {points} points.",
        "F_self": "Quelque chose que vous n’aviez pas encore dit : ce partage vaudrait {points} points.",
        "zeal": "Moins de partages à la fois : seul de son jour et de sa semaine, il vaudrait {points} points.",
        "people": "Davantage de personnes qui réagissent : rien d’autre ne le freine.",
        "answers": "Répondre à davantage de commentaires, et plus tôt.",
        "conversions": "Davantage de visites suivies d’une candidature ou d’une inscription.",
        "limit": "Rien : la limite de la semaine est atteinte.",
        "held": "Il est retenu pour examen et ne vaut rien jusqu’à la fin de celui-ci.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What would have raised a line most; `milli_points` is what the line would be worth then, where that is known."""

    name: str
    milli_points: int | None
    sentence: str


def most(line: Line, language: Language) -> Missing:
    """Return the largest missing factor of a line, in one sentence."""
    name, milli_points = _largest(line)
    words = SENTENCES[language][name]
    shown = "" if milli_points is None else f"{milli_points / 1000:.1f}".replace(".", "," if language == "fr" else ".")
    return Missing(name=name, milli_points=milli_points, sentence=words.format(points=shown))


def _largest(line: Line) -> tuple[str, int | None]:
    factors = line.factors
    if factors.get("held"):
        return "held", None
    if line.kind is not LineKind.SHARE:
        if factors.get("capped"):
            return "limit", None
        return ("answers" if line.kind is LineKind.REPLIES else "conversions"), None
    if not factors.get("E") and not factors.get("vc") and "E" in factors:
        return "reactions", None
    return _best_of_share(factors)


def _best_of_share(factors: Factors) -> tuple[str, int | None]:
    if not all(name in factors for name in PARTS):  # rules without these factors pay people and nothing else
        return "people", None
    worth = {name: _worth(factors, best) for name, best in CHANGEABLE}
    name = max(worth, key=lambda one: worth[one])
    return (name, worth[name]) if worth[name] > _worth(factors, ()) else ("people", None)


def _worth(factors: Factors, best: tuple[str, ...]) -> int:
    """What the line is worth in milli-points with some of its factors at 1."""
    return multiply(*(ONE if name in best else int(factors[name]) for name in PARTS), unit=MILLI)
