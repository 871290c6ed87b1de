"""What each factor of a line means, in English and in French."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.gamification.rules.domain import Language
from services.gamification.rules.domain.factors import ONE

# kept in ten-thousandths; all others are counts, or words
FINE = frozenset(
    {
        "parrot", "worth_outsiders", "worth_colleagues", "worth_nameless", "E", "vc", "A", "X", "V", "value",
        "F_pers", "F_parrot", "F_self", "day", "week", "uncapped",
    }
)  # fmt: skip

ENGLISH: Mapping[str, str] = {
    "words": "words of the post",
    "own_words": "of these, words of your own",
    "parrot": "colleagues who told it so before, by how near they came",
    "self_repeats": "times you told it so before",
    "audience_bucket": "contacts on the network",
    "capability": "what the network can tell: people, counts or clicks",
    "outsiders": "people from outside who acted",
    "colleagues": "colleagues who acted",
    "nameless": "people whom the network counts without naming them",
    "reactions": "reactions",
    "comments": "comments",
    "reshares": "reshares",
    "mentions": "mentions",
    "visits": "visits",
    "worth_outsiders": "what people from outside are worth",
    "worth_colleagues": "what colleagues are worth",
    "worth_nameless": "what people without a name are worth",
    "E": "what all who acted are worth",
    "vc": "what visits are worth",
    "A": "factor for the size of the audience",
    "X": "reactions and visits, weighed by the audience",
    "V": "the same with a ceiling, so that nobody needs to go viral",
    "value": "value before the text is looked at",
    "F_pers": "factor for your own words",
    "F_parrot": "factor for being the first to tell it so",
    "F_self": "factor for not telling it again",
    "day": "factor for other shares on the same day",
    "week": "factor for other shares in the same week",
    "answers": "answers that count",
    "slowest_hours": "hours until the slowest of them",
    "uncapped": "points before the limit of a week",
    "capped": "1 when the limit of a week is reached",
    "conversions": "visitors who applied or registered",
    "held": "1 while the points are held for review",
}
FRENCH: Mapping[str, str] = {
    "words": "mots de la publication",
    "own_words": "dont vos propres mots",
    "parrot": "collègues qui l’ont déjà dit ainsi, selon la ressemblance",
    "self_repeats": "fois où vous l’avez déjà dit ainsi",
    "audience_bucket": "contacts sur le réseau",
    "capability": "ce que le réseau peut dire : personnes, nombres ou clics",
    "outsiders": "personnes extérieures qui ont agi",
    "colleagues": "collègues qui ont agi",
    "nameless": "personnes que le réseau compte sans les nommer",
    "reactions": "réactions",
    "comments": "commentaires",
    "reshares": "repartages",
    "mentions": "mentions",
    "visits": "visites",
    "worth_outsiders": "ce que valent les personnes extérieures",
    "worth_colleagues": "ce que valent les collègues",
    "worth_nameless": "ce que valent les personnes sans nom",
    "E": "ce que valent toutes celles qui ont agi",
    "vc": "ce que valent les visites",
    "A": "facteur pour la taille de l’audience",
    "X": "réactions et visites, pondérées par l’audience",
    "V": "les mêmes avec un plafond, pour que personne n’ait besoin d’un succès viral",
    "value": "valeur avant l’examen du texte",
    "F_pers": "facteur pour vos propres mots",
    "F_parrot": "facteur pour l’avoir dit ainsi en premier",
    "F_self": "facteur pour ne pas vous répéter",
    "day": "facteur pour les autres partages du même jour",
    "week": "facteur pour les autres partages de la même semaine",
    "answers": "réponses qui comptent",
    "slowest_hours": "heures jusqu’à la plus lente",
    "uncapped": "points avant la limite de la semaine",
    "capped": "1 lorsque la limite de la semaine est atteinte",
    "conversions": "personnes qui ont postulé ou se sont inscrites",
    "held": "1 tant que les points sont retenus pour examen",
}
MEANINGS: Mapping[Language, Mapping[str, str]] = {"en": ENGLISH, "fr": FRENCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor of a line: its name in `docs/scoring.md`, its value, and what it means."""

    name: str
    value: float | str
    meaning: str


def in_words(factors: Mapping[str, int | str], language: Language) -> list[Factor]:
    """Return each factor in its order with what it means; one that these words do not know is named as it is."""
    words = MEANINGS[language]
    return [
        Factor(name=name, value=_value(name, value), meaning=words.get(name, name.replace("_", " ")))
        for name, value in factors.items()
    ]


def _value(name: str, value: int | str) -> float | str:
    if isinstance(value, str):
        return value
    return value / ONE if name in FINE else float(value)
