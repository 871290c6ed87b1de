"""On which network each share stands, under which address, and where the next thing happens."""

import random
from collections.abc import Sequence
from typing import Literal

from bench.traffic import Share
from tests.faults.book import Expected

Network = Literal["linkedin", "x", "facebook"]
NETWORKS: Sequence[Network] = ("linkedin", "x", "facebook")
ADDRESSES = {
    "linkedin": "https://www.linkedin.com/feed/update/{}",
    "x": "https://x.com/somebody/status/{}",
    "facebook": "https://www.facebook.com/{}",
}
EACH = 0.05  # of all that happens is on shares that nobody tells of


def network_of(share: Share) -> Network:
    return NETWORKS[share.share_id.int % len(NETWORKS)]


def post_of(share: Share) -> str:
    """The name that the network gives to the post of a share."""
    number = share.share_id.int % 10**18
    return {"linkedin": f"urn:li:share:{number}", "x": f"{number}", "facebook": f"77_{number}"}[network_of(share)]


def address_of(share: Share) -> str:
    return ADDRESSES[network_of(share)].format(post_of(share))


def somewhere(known: Sequence[Share], unknown: Sequence[Share], chance: random.Random) -> tuple[Share, Expected]:
    if unknown and chance.random() < EACH:
        return chance.choice(unknown), "unknown-share"
    return chance.choice(known), "counted"
