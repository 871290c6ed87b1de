"""Runs of three tokens: what a suggestion, or a colleague's post, is remembered by while posts are compared with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from libs.similarity.normalise import tokens

Run: TypeAlias = tuple[str, str, str]

RUN_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One text to compare with, prepared once for many posts."""

    words: frozenset[str]
    runs: frozenset[Run]
    pieces: tuple[tuple[str, ...], ...]

    def holds(self, words: tuple[str, ...]) -> bool:
        """Say whether the words stand side by side, in this order, somewhere in the text."""
        size = len(words)
        return words[0] in self.words and any(
            piece[start : start + size] == words for piece in self.pieces for start in range(len(piece))
        )


def fingerprint(*texts: str) -> Fingerprint:
    """Prepare one suggestion; further texts join it as parts of it (boilerplate), and no run crosses two texts.

    Hashtags of a suggestion may be left out of a copy, so it is remembered both with and without them.
    """
    pieces = tuple(piece for text in texts for piece in _wordings(text))
    return Fingerprint(
        words=frozenset().union(*pieces),
        runs=frozenset().union(*map(runs, pieces)),
        pieces=pieces,
    )


def runs(words: Sequence[str]) -> Iterator[Run]:
    """Return the runs in order: the one that starts at each word but the last two."""
    return zip(words, words[1:], words[2:], strict=False)


def _wordings(text: str) -> Iterator[tuple[str, ...]]:
    found = tokens(text)
    yield tuple(token.word for token in found)
    if any(token.hashtag for token in found):
        yield tuple(token.word for token in found if not token.hashtag)
