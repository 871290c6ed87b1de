"""What a word is: texts as tokens that survive disguises and still know their place in the text as written."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

from libs.similarity.lookalikes import APOSTROPHES, FILLERS, LOOKALIKES

MEASURE_VERSION = 1
"""Version of normalisation, runs and mask together; stored beside every result."""

_USUAL = frozenset("\t\n\v\f\r" + "".join(map(chr, range(0x20, 0x7F))))
# A keycap emoji (digit, selector, U+20E3) or a run outside printable ASCII and its white space.
_UNUSUAL = re.compile(r"[0-9#*]\ufe0f?\u20e3|[^\t-\r -~]+")
_WORD = re.compile(r"[^\W_]+")
# Every repetition that may fail later is possessive or bounded, so that no text takes more than linear time.
_PARTS = re.compile(
    r"""
    (?:https?|ftp)://\S* | www\.\S*
  | (?:[a-z0-9-]{1,63}+\.){1,8}+ [a-z]{2,24}+ (?::\d{1,5}+)? /\S*
  | @\w++ (?:[.-]\w++)*+
  | (?P<hashtag>\#\w++)
  | (?P<word>[^\W_]++)
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """One word: its normalised form and its half-open span of characters in the text as written."""

    word: str
    start: int
    end: int
    hashtag: bool


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of any text in order, spans increasing and disjoint; links and mentions are left out.

    Words inside hashtags are marked: whether they count depends on the suggestion (`score.reuse`). A span takes in the
    marks and invisible signs that follow its last letter, so that `text[start:end]` shows the word whole.
    """
    folded, origins = _fold(text)
    found: list[Token] = []
    for part in _PARTS.finditer(folded):
        kind = part.lastgroup
        if kind is None:
            continue
        for word in (part,) if kind == "word" else _WORD.finditer(folded, *part.span()):
            start, end = word.span()
            found.append(Token(folded[start:end], origins[start], origins[end], kind == "hashtag"))
    return tuple(found)


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """Return the text without its disguises and, for each sign of that and its end, the index in the original."""
    signs = {ord(sign): _folded(sign) for sign in set(text) - _USUAL}
    if all(len(letters) == 1 for letters in signs.values()):  # most texts: every sign keeps its place
        return text.translate(signs).lower(), range(len(text) + 1)
    return _fold_moving(text)


def _fold_moving(text: str) -> tuple[str, Sequence[int]]:
    """Do the same for a text in which signs vanish, or stand for two letters."""
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for run in _UNUSUAL.finditer(text):
        start = run.start()
        pieces.append(text[done:start].lower())
        origins.extend(range(done, start))
        shown = " " if text[start] in _USUAL else run.group()
        for index, sign in enumerate(shown, start):
            letters = _folded(sign)
            pieces.append(letters)
            origins.extend([index] * len(letters))
        done = run.end()
    pieces.append(text[done:].lower())
    origins.extend(range(done, len(text) + 1))
    return "".join(pieces), origins


@lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    """Return the small letters or digits that a sign stands for, else ASCII punctuation, a space or nothing.

    Letters and punctuation never mix, so no word begins or ends within a sign (`½` is `12`, `…` is `...`).
    """
    parts = (LOOKALIKES.get(part, part) for part in _decomposed(sign) if not _is_invisible(part))
    shown = "".join(parts).casefold()
    letters = "".join(filter(_is_letter_or_digit, shown))
    return letters or (shown if shown.isascii() else " ")


def _decomposed(sign: str) -> str:
    """Return the sign's NFKD, unless the table knows the sign itself."""
    return sign if sign in LOOKALIKES else normalize("NFKD", sign)


def _is_invisible(sign: str) -> bool:
    kind = category(sign)
    return sign in FILLERS or kind[0] == "M" or (kind in {"Cf", "Cc"} and not sign.isspace())


def _is_letter_or_digit(sign: str) -> bool:
    """Tell words from emoji: enclosed numbers without decomposition (`No`) and apostrophes are no letters."""
    kind = category(sign)
    return (kind[0] == "L" and sign not in APOSTROPHES) or kind in {"Nd", "Nl"}
