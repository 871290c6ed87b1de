"""Owns writing posts at every degree from copy to own text, out of hand-written sentences."""

import unicodedata
from collections.abc import Sequence
from itertools import chain

from deploy.local.demo.chance import chance
from deploy.local.demo.library import Caption, Item, own_words
from deploy.local.demo.people import Degree

BOLD_CAPITAL, BOLD_SMALL = 0x1D5D4 - ord("A"), 0x1D5EE - ord("a")  # mathematical sans-serif bold letters


Pairs = set[frozenset[str]]


class Deck:
    """Sentences dealt in a shuffled order; all are dealt before one comes again.

    `told` are pairs that somebody has said in one text: where it can be, no pair is dealt twice, so that the texts of
    two authors have at most one sentence about the subject in common.
    """

    def __init__(self, sentences: Sequence[str], told: Pairs, *names: object) -> None:
        self._cards = chance(*names).sample(sentences, len(sentences))
        self._left = list(self._cards)
        self._told = told

    def deal(self, count: int = 1) -> list[str]:
        """Return the next sentences."""
        dealt: list[str] = []
        for _ in range(count):
            left = [card for card in self._left if card not in dealt]
            if not left:
                self._left = list(self._cards)
                left = [card for card in self._left if card not in dealt]
            dealt.append(next((card for card in left if not self._told & _pairs(card, dealt)), left[0]))
            self._left.remove(dealt[-1])
            self._told |= _pairs(dealt[-1], dealt[:-1])
        return dealt


def _pairs(card: str, others: Sequence[str]) -> Pairs:
    return {frozenset((card, other)) for other in others}


class Writer:
    """One author with decks of their own, so that they do not repeat themselves before they have said everything."""

    def __init__(self, author: str, language: str, told: Pairs, *, seed: int) -> None:
        words = own_words(language)
        self._language = language
        self._draw = chance(seed, author, "texts")
        self._openers = Deck(words.openers, told, seed, author, "openers")
        self._closers = Deck(words.closers, told, seed, author, "closers")
        self._about = {
            campaign: Deck(words.about(campaign), told, seed, author, campaign)
            for campaign in ("repair", "people", "aube")
        }

    def write(self, degree: Degree, campaign: str, item: Item) -> str:
        """Return a post about an item.

        front: an own sentence before the caption; light: that, and one sentence of the caption replaced; heavy: two
        sentences of the caption among four own ones; own: five own sentences.
        """
        caption = self._draw.choice(item.captions_in(self._language))
        if degree is Degree.COPY:
            return caption.text
        if degree is Degree.DISGUISED:
            return self._disguised(caption)
        return " ".join(self._sentences(degree, self._about[campaign], caption))

    def _sentences(self, degree: Degree, about: Deck, caption: Caption) -> list[str]:
        opener, said = self._openers.deal(), list(caption.sentences)
        if degree is Degree.FRONT:
            return opener + said
        if degree is Degree.LIGHT:
            said[self._draw.randrange(len(said))] = about.deal()[0]
            return opener + said
        if degree is Degree.HEAVY:
            kept = self._draw.sample(said, 2)
            return opener + list(chain(*zip(about.deal(2), kept, strict=True))) + self._closers.deal()
        return opener + about.deal(3) + self._closers.deal()

    def _disguised(self, caption: Caption) -> str:
        """Return a copy made to look different; docs/scoring.md, section 3, has these and more."""
        first, *rest = caption.sentences
        return self._draw.choice(
            (
                f"✨💡 {caption.text} 👉 https://lumen.example/news #Lumen #lumiere #design",
                " ".join([*rest, first]),
                _without_marks(caption.text).upper(),
                " ".join([_bold(first), *rest]),
                " ".join(word[0] + "\u200b" + word[1:] for word in caption.text.split()),
            )
        )


def _without_marks(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _bold(text: str) -> str:
    return "".join(map(_bold_letter, unicodedata.normalize("NFD", text)))


def _bold_letter(sign: str) -> str:
    if not (sign.isascii() and sign.isalpha()):
        return sign
    return chr(ord(sign) + (BOLD_CAPITAL if sign.isupper() else BOLD_SMALL))
