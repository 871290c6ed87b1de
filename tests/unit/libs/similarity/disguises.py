"""What people do to a caption so that a copy looks like a text of their own."""

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from itertools import cycle

from libs.similarity import tokens

Disguise = Callable[[str], str]

_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_BOLD = str.maketrans(
    {letter: chr(0x1D41A + place) for place, letter in enumerate(string.ascii_lowercase)}
    | {letter: chr(0x1D400 + place) for place, letter in enumerate(string.ascii_uppercase)}
)


def _each(caption: str, change: Callable[[int, str], str]) -> str:
    return " ".join(change(place, word) for place, word in enumerate(caption.split(), 1))


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def emoji(caption: str) -> str:
    return _each(caption, lambda place, word: f"{word} 🎉👩🏽‍🔧" if place % 3 == 0 else f"{word}❤️")


def twelve_hashtags(caption: str) -> str:
    return caption + "".join(f" #FierDeNous{number}" for number in range(12))


def hashtags_inside(caption: str) -> str:
    return _each(caption, lambda place, word: f"{word} #FierDeNous" if place % 2 else word)


def hashtags_of_its_own_words(caption: str) -> str:
    """Scatter words of the caption as hashtags: they are known words, yet neither own nor in the way."""
    words = [token.word for token in tokens(caption)]
    return _each(caption, lambda place, word: f"{word} #{words[(place * 7) % len(words)]}")


def hashtagged_words(caption: str) -> str:
    return _each(caption, lambda place, word: f"#{word}" if place % 4 == 0 else word)


def mentions_and_links(caption: str) -> str:
    added = cycle([" @marie.durand", " https://exemple.fr/a?b=c#d", " www.exemple.fr", " exemple.fr/atelier"])
    return _each(caption, lambda place, word: word + next(added) if place % 15 == 0 else word)


def zero_width(caption: str) -> str:
    return _each(caption, lambda place, word: "\u200b".join(word) if place % 3 else "\u2060".join(word))


def lookalikes(caption: str) -> str:
    return caption.translate(_CYRILLIC)


def bold(caption: str) -> str:
    return _without_accents(caption).translate(_BOLD)


def capitals(caption: str) -> str:
    return _without_accents(caption).upper()


def decomposed(caption: str) -> str:
    return unicodedata.normalize("NFD", caption)


def other_apostrophes(caption: str) -> str:
    return caption.replace("'", "ʼ")


def sentences_reordered(caption: str) -> str:
    return " ".join(reversed(re.split(r"(?<=\.) ", caption)))


def every_tenth_word_dropped(caption: str) -> str:
    return _each(caption, lambda place, word: "" if place % 10 == 0 else word)


def filler_every(count: int, fillers: Iterable[str]) -> Disguise:
    """Put a filler after every so many tokens, as the measure counts them."""
    turns = cycle(fillers)

    def fill(caption: str) -> str:
        ends = [token.end for token in tokens(caption)][count - 1 :: count]
        starts = [0, *ends]
        return (
            "".join(f"{caption[start:end]} {next(turns)}" for start, end in zip(starts, ends, strict=False))
            + caption[starts[-1] :]
        )

    return fill


def typo_every_six_words(caption: str) -> str:
    def swap(place: int, word: str) -> str:
        return word[0] + word[2] + word[1] + word[3:] if place % 6 == 0 and len(word) > 3 else word

    return _each(caption, swap)


def first_half(caption: str) -> str:
    words = caption.split()
    return " ".join(words[: len(words) // 2])
