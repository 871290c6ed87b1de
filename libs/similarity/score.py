"""How much of a post is somebody else's text: reuse with its explanation, and the weight of alike posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import fsum
from operator import itemgetter
from typing import NamedTuple

from libs.similarity.post import Overlap, Post
from libs.similarity.shingles import Fingerprint

NEAR_FROM, NEAR_SPAN = 0.5, 0.4
"""Reuse at which two posts begin to count as near, and how much more makes them the same."""


class Passage(NamedTuple):
    """A half-open span of characters in the post as written."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """What a post owes to suggestions. `mask` has one entry for each counted word, true when it is copied."""

    words: int
    copied: int
    mask: tuple[bool, ...]
    passages: tuple[Passage, ...]

    @property
    def reuse(self) -> float:
        """Copied words over words, 0 to 1; 0 for a post without words, whose `own_words` are 0 as well."""
        return self.copied / self.words if self.words else 0.0

    @property
    def own_words(self) -> int:
        """Number of words that are not copied; hashtags are never among them."""
        return self.words - self.copied


def reuse(post: str, suggestions: Iterable[Fingerprint]) -> Reuse:
    """Return the largest overlap of the post with any one suggestion (each language and wording is one).

    Run coverage: a token is copied if it lies in a run of three consecutive tokens that the suggestion has too. A
    post of one or two tokens is copied if they stand so in the suggestion. Without suggestions everything is own.
    """
    prepared = Post(post)
    overlaps = (prepared.alone(), *map(prepared.against, suggestions))
    largest = max(overlaps, key=Overlap.extent)
    return Reuse(
        words=len(largest.mask),
        copied=largest.mask.count(1),
        mask=tuple(map(bool, largest.mask)),
        passages=_passages(largest),
    )


def alike(post: str, others: Iterable[Fingerprint]) -> list[float]:
    """Return the reuse of the post out of each other post, 0 to 1, in the order given."""
    prepared = Post(post)
    return [prepared.against(other).share for other in others]


def near(share: float) -> float:
    """Return how near a post with this reuse out of another is to it, 0 to 1: clamp((r - .5) / .4, 0, 1)."""
    return min(max((share - NEAR_FROM) / NEAR_SPAN, 0.0), 1.0)


def parrot_weight(post: str, others: Iterable[Fingerprint]) -> float:
    """Return k, the sum of `near` over other posts, to four decimals; it does not depend on their order.

    The caller chooses the posts: earlier ones by other ambassadors of the programme, within 14 days.
    """
    return round(fsum(map(near, alike(post, others))), 4)


def _passages(overlap: Overlap) -> tuple[Passage, ...]:
    """Merge neighbouring copied tokens into spans, over whatever stands between them (signs, links, emoji)."""
    marked = zip(overlap.mask, overlap.tokens, strict=True)
    stretches = ([token for _, token in run] for copied, run in groupby(marked, key=itemgetter(0)) if copied)
    return tuple(Passage(stretch[0].start, stretch[-1].end) for stretch in stretches)
