"""Absolute counts for the door of snapshots: several looks at each share, corrected, contradicted, too early."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bench.traffic import Item, Share, Traffic
from tests.faults.book import Book, Expected

KINDS = ("reaction", "comment", "reshare", "click", "mention")
LOOKS = 3
CONTRADICTED, INVALID = 0.02, 0.01


@dataclass(frozen=True, slots=True)
class Count(Item):
    """One absolute count; the same share, kind, time and provenance is the same look at it."""

    @property
    def key(self) -> str:
        return "/".join(str(self.body[name]) for name in ("share_id", "kind", "read_at", "provenance"))

    @property
    def says(self) -> object:
        return self.body["count"]


def counts_of(traffic: Traffic, book: Book, chance: random.Random) -> list[Count]:
    """What networks say of all shares and, too early or for ever, of shares that nobody has told of."""
    found: list[Count] = []
    for share in (*traffic.shares, *traffic.guests):
        expected: Expected = "unknown-share" if share in traffic.guests else "counted"
        for look in _looks(share, traffic, chance):
            reported = _reported(look, chance) if expected == "counted" else [look]
            for count in reported:
                book.plan(count, expected)
            found += reported
    chance.shuffle(found)
    return found


def _reported(look: Count, chance: random.Random) -> list[Count]:
    """What comes of a look: now and then nonsense, or a second report that says something else."""
    if chance.random() < INVALID:
        return [replace(look, body={**look.body, "count": -1}, fate="invalid")]
    if chance.random() < CONTRADICTED:
        return [look, replace(look, body={**look.body, "count": look.body["count"] + 1})]
    return [look]


def _looks(share: Share, traffic: Traffic, chance: random.Random) -> Sequence[Count]:
    kind = chance.choice(KINDS)
    last = traffic.now.replace(microsecond=0)
    return [
        Count(
            {
                "share_id": str(share.share_id),
                "kind": kind,
                "count": chance.randrange(1000),  # a later one may be lower: a correction
                "read_at": (last - timedelta(hours=number)).isoformat(),
                "provenance": "measured",
            },
            "new",
        )
        for number in range(LOOKS)
    ]
