"""Content codings (RFC 9110, 12.5.3): which one a client gets, and making it."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import zstandard

Coding = Literal["identity", "gzip", "zstd"]
PREFERRED: tuple[Coding, ...] = ("zstd", "gzip")
LONGEST_KEPT = 256  # bytes of a header; no browser says more
LEAST_BYTES = 1024  # less is not worth the client's work
ZSTD_LEVEL, GZIP_LEVEL = 3, 6


def coding_for(accepted: bytes) -> Coding:
    """Return the coding that `Accept-Encoding` allows and likes most; of those that it likes equally, our choice."""
    return _coding_for(accepted) if len(accepted) <= LONGEST_KEPT else "identity"


@lru_cache(maxsize=1024)  # browsers say the same all day
def _coding_for(accepted: bytes) -> Coding:
    weights = _weights(accepted)
    allowed = [(weights.get(coding, weights.get("*", 0.0)), coding) for coding in PREFERRED]
    best, coding = max(allowed, key=lambda pair: pair[0])
    return coding if best > 0 and best >= weights.get("identity", 0.0) else "identity"


def encoded(body: bytes, coding: Coding) -> bytes:
    """Return the body in a coding."""
    if coding == "zstd":
        return zstandard.compress(body, ZSTD_LEVEL)
    if coding == "gzip":
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return body


def _weights(accepted: bytes) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        name, _, parameters = part.partition(";")
        _, _, weight = parameters.partition("=")
        try:
            found[name.strip()] = float(weight) if parameters.strip() else 1.0
        except ValueError:
            found[name.strip()] = 0.0
    return found
