"""Measuring a text: how much comes from suggestions, from colleagues and from the author's own earlier posts.

The measures are those of docs/scoring.md, sections 2 and 5: reuse is the largest overlap with what was suggested; k is
the sum of clamp((r - .5) / .4, 0, 1) over colleagues' earlier posts; a post with r >= .5 out of another is its
near-duplicate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from uuid import UUID

from libs.similarity import MEASURE_VERSION, Fingerprint, Passage, alike, fingerprint, near, reuse

NEAR_DUPLICATE = 0.5
SCALE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A caption to compare with."""

    caption_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a text is measured against.

    `suggestions` are the captions of the item and `elsewhere` those of other items; `own_here` are the author's own
    earlier posts of the same item, `own` those of the last 90 days of any item, `colleagues` those of the same item by
    other ambassadors of the programme in the last 14 days.
    """

    suggestions: Sequence[Suggestion]
    elsewhere: Sequence[Suggestion]
    own_here: Sequence[str]
    own: Sequence[str]
    colleagues: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was found.

    `passages` are half-open spans of copied characters; `caption_id` is the closest caption (null when no caption has
    anything in common) and `caption_reuse` the reuse out of it alone, 0 to 1; `parrot` is k in ten-thousandths;
    `colleagues` counts near-duplicates among the `compared` posts of colleagues.
    """

    words: int
    copied: int
    passages: tuple[Passage, ...]
    caption_id: UUID | None
    caption_reuse: float
    parrot: int
    colleagues: int
    compared: int
    self_repeats: int
    measure_version: int


def measure(text: str, against: Comparison) -> Measures:
    """Return the measures of a text; they depend on the arguments alone and not on the order of posts."""
    captions = [*against.suggestions, *against.elsewhere]
    closeness = zip(alike(text, [_prepared(caption.text) for caption in captions]), captions, strict=True)
    caption_reuse, closest = max(closeness, key=lambda pair: pair[0], default=(0.0, None))
    found = reuse(text, _suggested(against))
    likeness = alike(text, map(_prepared, against.colleagues))
    return Measures(
        words=found.words,
        copied=found.copied,
        passages=found.passages,
        caption_id=closest.caption_id if closest and caption_reuse else None,
        caption_reuse=caption_reuse,
        parrot=round(fsum(map(near, likeness)) * SCALE),
        colleagues=_near_duplicates(likeness),
        compared=len(likeness),
        self_repeats=_near_duplicates(alike(text, map(_prepared, against.own))),
        measure_version=MEASURE_VERSION,
    )


def _suggested(against: Comparison) -> list[Fingerprint]:
    """Return what counts as suggested; the wordings of the item are one: to mix two of them is to copy."""
    here = [suggestion.text for suggestion in against.suggestions] + list(against.own_here)
    return [fingerprint(*here), *(_prepared(suggestion.text) for suggestion in against.elsewhere)]


@lru_cache(maxsize=2048)
def _prepared(text: str) -> Fingerprint:
    """Prepare a text; captions and posts never change and are met again with each share of their item."""
    return fingerprint(text)


def _near_duplicates(likeness: Sequence[float]) -> int:
    return sum(reused >= NEAR_DUPLICATE for reused in likeness)


def originality(words: int, copied: int) -> float:
    """Return 1 - reuse to four decimals, 0 to 1; 0 for a text without words: there is nothing of one's own in it."""
    return round((words - copied) / words, 4) if words else 0.0


def parrot_index(parrot: int, compared: int) -> float:
    """Return how much a text repeats colleagues, 0 to 1 to four decimals: k over the posts it was compared with."""
    return round(parrot / SCALE / compared, 4) if compared else 0.0
