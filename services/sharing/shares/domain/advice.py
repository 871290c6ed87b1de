"""What an author is told before posting: a code for programs and a sentence in the author's language."""

from dataclasses import dataclass
from typing import Literal

from services.sharing.shares.domain.measure import Measures

Code = Literal["copies_suggestion", "colleagues_said_it", "few_own_words", "repeats_yourself"]

COPY = 0.5
"""Reuse out of a caption from which we say so."""
FEW_WORDS = 12
"""Own words below which we say so: m0 of docs/scoring.md, section 4."""

SENTENCES: dict[str, dict[Code, tuple[str, str]]] = {
    "en": {
        "copies_suggestion": ("{n} % of this stands in the suggestion: say it your way.",) * 2,
        "colleagues_said_it": (
            "A colleague already posted nearly this.",
            "{n} posts of colleagues already say nearly this.",
        ),
        "few_own_words": (
            "{n} word of this is your own: add what you saw, did or think.",
            "{n} words of this are your own: add what you saw, did or think.",
        ),
        "repeats_yourself": (
            "You posted nearly this in the last 90 days.",
            "You posted nearly this {n} times in the last 90 days.",
        ),
    },
    "fr": {
        "copies_suggestion": ("{n} % de ce texte vient de la suggestion : dites-le à votre façon.",) * 2,
        "colleagues_said_it": (
            "Un collègue a déjà publié presque la même chose.",
            "{n} publications de collègues disent déjà presque la même chose.",
        ),
        "few_own_words": (
            "{n} mot est de vous : ajoutez ce que vous avez vu, fait ou pensé.",
            "{n} mots sont de vous : ajoutez ce que vous avez vu, fait ou pensé.",
        ),
        "repeats_yourself": (
            "Vous avez publié presque la même chose dans les 90 derniers jours.",
            "Vous avez publié presque la même chose {n} fois dans les 90 derniers jours.",
        ),
    },
}
"""For each language and code, the sentence for one and the sentence for many."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that would make the text more the author's own."""

    code: Code
    sentence: str


def advise(measures: Measures, language: str) -> list[Advice]:
    """Return what to say about a text, the weightiest first; in English for a language that we do not speak."""
    own_words = measures.words - measures.copied
    found: list[tuple[Code, int, bool]] = [
        ("copies_suggestion", round(measures.caption_reuse * 100), measures.caption_reuse >= COPY),
        ("colleagues_said_it", measures.colleagues, measures.colleagues > 0),
        ("repeats_yourself", measures.self_repeats, measures.self_repeats > 0),
        ("few_own_words", own_words, own_words < FEW_WORDS),
    ]
    sentences = SENTENCES.get(language[:2], SENTENCES["en"])
    return [Advice(code, _sentence(sentences[code], n, language)) for code, n, said in found if said]


def _sentence(forms: tuple[str, str], n: int, language: str) -> str:
    """Choose between one and many: French has zero with one, English with many (Unicode CLDR plural rules)."""
    one = n == 1 or (n == 0 and language.startswith("fr"))
    return forms[0 if one else 1].format(n=n)
