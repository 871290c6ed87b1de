"""The words in which points are explained, in English and in French."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The phrases of one language; nouns are (singular, plural), `is_singular` takes thousandths."""

    sentence: str
    nobody: str
    within: str
    limit: str
    day_limit: str
    held: str
    times: str
    point: str
    leading_zero: bool
    is_singular: Callable[[int], bool]
    nouns: Mapping[str, tuple[str, str]]
    factors: Mapping[str, str]


ENGLISH = Wording(
    sentence="{points}: {reasons}",
    nobody="no reactions yet",
    within="{answers} within {hours}",
    limit="the limit of a week",
    day_limit="the limit of a day",
    held="held for a review",
    times="x",
    point=".",
    leading_zero=False,
    is_singular=lambda thousandths: thousandths == 1000,
    nouns={
        "points": ("point", "points"),
        "shares": ("share", "shares"),
        "reactions": ("reaction", "reactions"),
        "comments": ("comment", "comments"),
        "reshares": ("reshare", "reshares"),
        "mentions": ("mention", "mentions"),
        "visits": ("visit", "visits"),
        "answers": ("answer", "answers"),
        "hours": ("hour", "hours"),
        "conversions": ("conversion", "conversions"),
    },
    factors={
        "F_pers": "your own words",
        "F_parrot_first": "first to tell it so",
        "F_parrot": "colleagues told it so before",
        "F_self": "you told it so before",
        "day": "other shares on the same day",
        "week": "other shares in the same week",
        "A": "on reactions and visits for an audience of {bucket}",
    },
)

FRENCH = Wording(
    sentence="{points} : {reasons}",
    nobody="pas encore de réaction",
    within="{answers} en moins de {hours}",
    limit="limite de la semaine",
    day_limit="limite de la journée",
    held="retenus pour examen",
    times="×",
    point=",",
    leading_zero=True,
    is_singular=lambda thousandths: thousandths < 2000,
    nouns={
        "points": ("point", "points"),
        "shares": ("partage", "partages"),
        "reactions": ("réaction", "réactions"),
        "comments": ("commentaire", "commentaires"),
        "reshares": ("repartage", "repartages"),
        "mentions": ("mention", "mentions"),
        "visits": ("visite", "visites"),
        "answers": ("réponse", "réponses"),
        "hours": ("heure", "heures"),
        "conversions": ("conversion", "conversions"),
    },
    factors={
        "F_pers": "vos propres mots",
        "F_parrot_first": "première formulation de ce genre",
        "F_parrot": "des collègues l’ont déjà dit ainsi",
        "F_self": "vous l’avez déjà dit ainsi",
        "day": "autres partages du même jour",
        "week": "autres partages de la même semaine",
        "A": "sur les réactions et visites, pour une audience de {bucket}",
    },
)

WORDINGS: Mapping[str, Wording] = MappingProxyType({"en": ENGLISH, "fr": FRENCH})
