"""Owns making a page's counts as small as a person's.

All counts of a row are multiplied by one ratio, so the row keeps its proportions. The ratio is the number of
*answering contacts* of the ambassador over the people that the row's post reached:

    answering(audience) = 700 x (audience / 500) ^ .6

Interactions grow as reach^.45 to reach^.69 (docs/scoring.md, section 6), hence the power; 700 for 500 contacts says
that a contact answers a person some four times as readily as a reader answers a page and that a third of the contacts
see a post. That number is chosen for the demonstration, not measured. Where the table has no reach, a row with
the mean reactions of its page is taken to have the median reaction rate of the table that has. The ratio is lowered
until no count of reactions, comments or reshares is above 60; clicks are cut at 30.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from random import Random
from statistics import fmean, median

from deploy.local.demo.posts import BrandPost, PagePost

MOST, MOST_CLICKS = 60, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What one share of a person drew; clicks are None where they are not known."""

    reactions: int
    comments: int
    reshares: int
    clicks: int | None


def answering(audience: int) -> float:
    """Return how many contacts are open to answering a post of somebody with this audience."""
    return 700 * float((audience / 500) ** 0.6)


def reaction_rate(posts: Iterable[BrandPost]) -> float:
    """Return the median of reactions over people reached."""
    return median(post.reactions / post.reach for post in posts)


def page_means(posts: Iterable[PagePost]) -> dict[str, float]:
    """Return the mean reactions of a post, by page."""
    pages: dict[str, list[int]] = defaultdict(list)
    for post in posts:
        pages[post.page].append(post.reactions)
    return {page: fmean(reactions) for page, reactions in pages.items()}


def of_brand_post(post: BrandPost, audience: int, draw: Random) -> Drawn:
    """Return a brand's post scaled to a person, clicks included."""
    return _scaled(post, answering(audience) / post.reach, draw, clickers=post.clickers)


def of_page_post(post: PagePost, audience: int, draw: Random, *, means: Mapping[str, float], rate: float) -> Drawn:
    """Return a page's post scaled to a person, given its page's mean and the reaction rate of a typical post."""
    return _scaled(post, answering(audience) * rate / means[post.page], draw)


def _scaled(post: BrandPost | PagePost, ratio: float, draw: Random, *, clickers: int | None = None) -> Drawn:
    largest = max(post.reactions, post.comments, post.reshares, 1)
    ratio = min(ratio, MOST / largest)
    reactions, comments, reshares = (
        min(_rounded(count * ratio, draw), MOST) for count in (post.reactions, post.comments, post.reshares)
    )
    clicks = None if clickers is None else min(_rounded(clickers * ratio, draw), MOST_CLICKS)
    return Drawn(reactions=reactions, comments=comments, reshares=reshares, clicks=clicks)


def _rounded(value: float, draw: Random) -> int:
    """Round up as often as the fraction says: rare kinds (a tenth of a comment) must not vanish from every share."""
    return floor(value + draw.random())
