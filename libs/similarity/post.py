"""A post prepared for comparison with many suggestions: its hashtags chosen for each, its runs made once."""

from typing import NamedTuple

from libs.similarity.normalise import Token, tokens
from libs.similarity.shingles import RUN_LENGTH, Fingerprint, Run, runs


class Overlap(NamedTuple):
    """The counted tokens of a post and, for each, 1 if one suggestion holds it, else 0."""

    tokens: tuple[Token, ...]
    mask: bytearray

    @property
    def share(self) -> float:
        """Copied tokens over tokens, 0 to 1; 0 without tokens."""
        return self.mask.count(1) / len(self.mask) if self.mask else 0.0

    def extent(self) -> tuple[float, int]:
        """Order overlaps by share, then by size: a copied hashtag adds to both the mask and the post's length."""
        return self.share, self.mask.count(1)


class Post:
    """One post; a view is made once for each choice of hashtags that comparisons ask for."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._hashtags = {place: token.word for place, token in enumerate(self._tokens) if token.hashtag}
        self._views: dict[frozenset[int], _View] = {}

    def alone(self) -> Overlap:
        """Return the overlap with nothing: hashtags do not count and everything else is own."""
        plain = self._view(frozenset()).tokens
        return Overlap(plain, bytearray(len(plain)))

    def against(self, suggestion: Fingerprint) -> Overlap:
        """Compare with one suggestion; hashtags neither count as own words nor break a run.

        A hashtag word that the suggestion does not use is left out; so is one that turns out not to be copied. No
        copied run holds any of these, so the second mask keeps all of the first and a third would be the same.
        """
        view = self._view(frozenset(place for place, word in self._hashtags.items() if word in suggestion.words))
        mask = view.mask(suggestion)
        copied = frozenset(place for place, index in view.hashtags.items() if mask[index])
        if len(copied) < len(view.hashtags):
            view = self._view(copied)
            mask = view.mask(suggestion)
        return Overlap(view.tokens, mask)

    def _view(self, hashtags: frozenset[int]) -> "_View":
        if hashtags not in self._views:
            self._views[hashtags] = _View(self._tokens, hashtags)
        return self._views[hashtags]


class _View:
    """The post without its hashtags but some, which are named by their places among all tokens."""

    def __init__(self, found: tuple[Token, ...], hashtags: frozenset[int]) -> None:
        places = [place for place, token in enumerate(found) if not token.hashtag or place in hashtags]
        self.tokens = tuple(found[place] for place in places)
        self.hashtags = {place: index for index, place in enumerate(places) if place in hashtags}
        self._words = tuple(token.word for token in self.tokens)
        self._starts: dict[Run, list[int]] = {}
        for start, run in enumerate(runs(self._words)):
            self._starts.setdefault(run, []).append(start)
        self._runs = frozenset(self._starts)  # set with set keeps the hashes: far faster than run by run

    def mask(self, suggestion: Fingerprint) -> bytearray:
        """Return 1 for each copied token, else 0."""
        size = len(self.tokens)
        if size < RUN_LENGTH:
            return bytearray([size > 0 and suggestion.holds(self._words)]) * size
        copied = bytearray(size)
        for run in self._runs & suggestion.runs:
            for start in self._starts[run]:
                copied[start : start + RUN_LENGTH] = b"\x01\x01\x01"
        return copied
