"""Comparing texts: how much of a post comes from suggestions, and how alike it is to earlier posts.

Pure functions in linear time, with no language tools. A stored result belongs to a `MEASURE_VERSION`: whoever changes
what a token, a run or a mask is raises it.
"""

from libs.similarity.normalise import MEASURE_VERSION, Token, tokens
from libs.similarity.score import Passage, Reuse, alike, near, parrot_weight, reuse
from libs.similarity.shingles import Fingerprint, fingerprint

__all__ = [
    "MEASURE_VERSION",
    "Fingerprint",
    "Passage",
    "Reuse",
    "Token",
    "alike",
    "fingerprint",
    "near",
    "parrot_weight",
    "reuse",
    "tokens",
]
