"""Owns what comes back to each share: counts where the network names nobody, else interactions of named people.

Each share takes the next row of a public table (LinkedIn: the brand's posts, Instagram: the retail pages' posts),
scaled to the author's audience by `scale`; the text has no influence on it. The people are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, cycle
from random import Random
from typing import Any

from deploy.local.demo import scale
from deploy.local.demo.chance import chance
from deploy.local.demo.crowd import Crowd
from deploy.local.demo.library import own_words
from deploy.local.demo.people import PEOPLE, POD
from deploy.local.demo.plan import PlannedShare
from deploy.local.demo.posts import brand_posts, page_posts
from deploy.local.demo.scale import Drawn

SOURCE = "demo-connector"
MEAN_DELAY_DAYS = 1.5
CONVERTED = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCounts:
    """One row of a CSV file: what the network said of a share at one time."""

    share: PlannedShare
    drawn: Drawn
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInteraction:
    """One interaction; `body` lacks only the id of the share."""

    share: PlannedShare
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """All that comes back."""

    counts: Sequence[PlannedCounts]
    interactions: Sequence[PlannedInteraction]


def engagement(shares: Sequence[PlannedShare], end: datetime, *, seed: int) -> Engagement:
    """Return what comes back to shares until `end`."""
    means, rate = scale.page_means(page_posts()), scale.reaction_rate(brand_posts())
    named, nameless = cycle(brand_posts()), cycle(page_posts())
    counts: list[PlannedCounts] = []
    interactions: list[PlannedInteraction] = []
    for share in shares:
        draw, audience = chance(seed, share.key, "engagement"), share.author.followers(share.network)
        if share.network == "linkedin":
            drawn = scale.of_brand_post(next(named), audience, draw)
            interactions += _Reactions(share, end, draw).all(drawn)
        else:
            drawn = scale.of_page_post(next(nameless), audience, draw, means=means, rate=rate)
            read_at = min(share.published_at + timedelta(days=10), end)
            counts.append(PlannedCounts(share=share, drawn=drawn, read_at=read_at))
    return Engagement(counts=counts, interactions=interactions)


class _Reactions:
    """The named people of one share."""

    def __init__(self, share: PlannedShare, end: datetime, draw: Random) -> None:
        self._share, self._end, self._draw = share, end, draw
        self._crowd = Crowd(share.author, draw)

    def all(self, drawn: Drawn) -> Iterator[PlannedInteraction]:
        reactions = self._of("reaction", self._crowd.people(drawn.reactions))
        comments = list(self._of("comment", self._crowd.people(drawn.comments)))
        reshares = self._of("reshare", self._crowd.people(drawn.reshares))
        visitors = self._crowd.people(drawn.clicks or 0)
        converted = [visitor for visitor in visitors if self._draw.random() < CONVERTED]
        visits = chain(self._of("click", visitors), self._of("conversion", converted))
        return chain(reactions, comments, reshares, visits, self._pod(), self._replies(comments))

    def _pod(self) -> Iterator[PlannedInteraction]:
        """The members of the pod react to and comment on every share of each other, beside what the row says."""
        if self._share.author.profile is not POD:
            return
        members = [one.key for one in PEOPLE if one.profile is POD and one is not self._share.author]
        for kind in ("reaction", "comment"):
            yield from self._of(kind, members, mark="pod")

    def _of(self, kind: str, people: Sequence[str], mark: str = "n") -> Iterator[PlannedInteraction]:
        for number, person in enumerate(people):
            at = self._after(self._share.published_at, timedelta(days=self._draw.expovariate(1 / MEAN_DELAY_DAYS)))
            yield self._one(kind, f"{kind}-{mark}{number}", at, person=person)

    def _replies(self, comments: Sequence[PlannedInteraction]) -> Iterator[PlannedInteraction]:
        texts = own_words(self._share.author.language).answers
        for number, comment in enumerate(comments):
            if self._draw.random() < self._share.author.profile.answered:
                asked = datetime.fromisoformat(comment.body["occurred_at"])
                at = self._after(asked, timedelta(hours=self._draw.expovariate(1 / 5)))
                answers = comment.body["external_id"]
                yield self._one("reply", f"reply-{number}", at, answers=answers, text=self._draw.choice(texts))

    def _after(self, start: datetime, delay: timedelta) -> datetime:
        """Return a later time; a delay beyond the end is folded into what is left, for the end is not a rush hour."""
        left = self._end - start
        late = delay if delay < left else left * (delay / left % 1)
        return (start + late).replace(microsecond=0)

    def _one(self, kind: str, name: str, at: datetime, **rest: str) -> PlannedInteraction:
        body = {
            "kind": kind,
            "source": SOURCE,
            "external_id": f"{self._share.key}-{name}",
            "occurred_at": at.isoformat(),
            "provenance": "imported",
            **rest,
        }
        return PlannedInteraction(share=self._share, body=body)
