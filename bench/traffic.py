"""A load of real shape: who shared what, and what networks report of it, repeated, late, and now and then wrong.

Each share takes one row of the two public tables (deploy/local/demo/data/NOTICE), so that a few shares draw most of
what comes in and the kinds stand in their real proportions. The people are invented; the same ones come back.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal
from uuid import UUID

from deploy.local.demo.posts import brand_posts, page_posts
from libs.events.content import ProgrammeCreated
from libs.events.envelope import Event
from libs.events.sharing import AmbassadorEnrolled, SharePublished

Fate = Literal["new", "duplicate", "invalid"]
DUPLICATES, LATE, INVALID = 0.02, 0.01, 0.005
SHARES_EACH = 3  # by each ambassador; one of them is old, and what comes to it comes late
ANSWERED = 0.25  # of the comments
RECENT, OLD = timedelta(days=5), timedelta(days=75)
MEAN_DELAY = timedelta(hours=8)
REMEMBERED = 5000  # of the latest items, from which duplicates are taken
SOURCE = "bench-connector"
ANSWER = "Thank you {name}, that is what we hoped for when we built number {number} of them in our own workshop."


@dataclass(frozen=True, slots=True)
class Share:
    """A share and its row: how many of each kind it draws in the long run."""

    share_id: UUID
    ambassador_id: UUID
    published_at: datetime
    row: dict[str, int]
    people: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a request to the door of interactions, and what should become of it."""

    body: dict[str, Any]  # Any: JSON
    fate: Fate

    @property
    def key(self) -> str:
        """The id at the source, which makes it the same thing as another; an invalid one has one of its own."""
        return str(self.body["external_id"])

    @property
    def says(self) -> object:
        """What two reports of the same thing may differ in."""
        return self.body["kind"]


class Traffic:
    """A programme of so many ambassadors; `seed` decides everything. `now` is when the first report is sent.

    `guests` are shares of other people, who have one each, to which nothing comes by itself.
    """

    def __init__(self, ambassadors: int, *, guests: int = 0, now: datetime, seed: int) -> None:
        """Draw the shares."""
        self._chance = random.Random(seed)
        self._number = 0
        self._latest: list[Item] = []
        self._comments: list[Item] = []
        self.now = now.replace(microsecond=0)
        self.programme_id = self._id()
        self.team_id = self._id()
        self.shares = self._draw_shares(ambassadors)
        self.guests = [
            Share(self._id(), self._id(), self.now - RECENT, {"reaction": 1}, people=1) for _ in range(guests)
        ]

    def told(self) -> Iterator[Event]:
        """Return what the other services tell before anything comes back."""
        yield ProgrammeCreated(
            programme_id=self.programme_id,
            name="Traffic",
            time_zone="Europe/Paris",
            first_day=(self.now - 2 * OLD).date(),
            charter_version=1,
        )
        shares = [*self.shares, *self.guests]
        for ambassador_id in dict.fromkeys(share.ambassador_id for share in shares):
            yield self.enrolled(ambassador_id)
        for share in shares:
            yield self.published(share)

    def enrolled(self, ambassador_id: UUID) -> AmbassadorEnrolled:
        """Return what sharing tells of somebody who takes part."""
        return AmbassadorEnrolled(
            ambassador_id=ambassador_id,
            programme_id=self.programme_id,
            team_id=self.team_id,
            subject_key=f"subject-{ambassador_id}",
            enrolled_on=(self.now - OLD).date(),
        )

    def published(self, share: Share) -> SharePublished:
        """Return what sharing tells of a share."""
        return SharePublished(
            share_id=share.share_id,
            ambassador_id=share.ambassador_id,
            programme_id=self.programme_id,
            team_id=self.team_id,
            item_id=None,
            campaign_id=None,
            network="linkedin",
            post_url=None,
            published_at=share.published_at,
            words=60,
            copied=10,
            parrot=1000,
            self_repeats=0,
            audience=500,
            measure_version=1,
        )

    def items(self, count: int) -> list[Item]:
        """Return the next so many items in the order in which they are sent."""
        return [self._next() for _ in range(count)]

    def on(self, share: Share, kind: str = "comment") -> Item:
        """Return one item on a share by somebody who has not been seen before."""
        self._number += 1
        body = self._body(share, kind, self.now - timedelta(minutes=5))
        return Item({**body, "person": f"guest-{self._number}"}, "new")

    def _next(self) -> Item:
        draw = self._chance.random()
        if self._latest and draw < DUPLICATES:
            return replace(self._chance.choice(self._latest), fate="duplicate")
        item = self._new(late=draw > 1 - LATE)
        if self._chance.random() < INVALID:
            return self._spoilt(item)
        if item.body["kind"] == "comment":
            self._comments.append(item)
        if len(self._latest) == REMEMBERED:
            self._latest[self._chance.randrange(REMEMBERED)] = item
        else:
            self._latest.append(item)
        return item

    def _new(self, *, late: bool) -> Item:
        if not late and self._comments and self._chance.random() < self._answers:
            return self._reply(self._comments.pop(self._chance.randrange(len(self._comments))))
        shares, weights = self._old if late else self._recent
        share = self._chance.choices(shares, cum_weights=weights)[0]
        kind = self._chance.choices(list(share.row), list(share.row.values()))[0]
        since = timedelta(seconds=self._chance.expovariate(1 / MEAN_DELAY.total_seconds()))
        return Item(self._body(share, kind, min(share.published_at + since, self.now)), "new")

    def _body(self, share: Share, kind: str, at: datetime) -> dict[str, Any]:
        self._number += 1
        # squared: the first of a crowd come again and again, the last once in a while
        place = int(share.people * self._chance.random() ** 2)
        return {
            "share_id": str(share.share_id),
            "kind": kind,
            "source": SOURCE,
            "external_id": f"urn:li:activity:{self._number:012d}",
            "person": f"contact-{share.ambassador_id.hex[-8:]}-{place:04d}",
            "occurred_at": at.isoformat(),
            "provenance": "measured",
        }

    def _reply(self, comment: Item) -> Item:
        asked = datetime.fromisoformat(comment.body["occurred_at"])
        self._number += 1
        body = {key: comment.body[key] for key in ("share_id", "source", "provenance")}
        return Item(
            {
                **body,
                "kind": "reply",
                "external_id": f"urn:li:reply:{self._number:012d}",
                "answers": comment.body["external_id"],
                "text": ANSWER.format(name=comment.body["person"], number=self._number),
                "occurred_at": min(asked + timedelta(hours=2), self.now).isoformat(),
            },
            "new",
        )

    def _spoilt(self, item: Item) -> Item:
        wrong = self._chance.choice(({"kind": "poke"}, {"occurred_at": "yesterday"}, {"source": ""}, {"likes": 5}))
        return Item({**item.body, **wrong}, "invalid")

    @cached_property
    def _answers(self) -> float:
        """The part of all that comes in which are answers."""
        rows = [share.row for share in self.shares]
        return ANSWERED * sum(row.get("comment", 0) for row in rows) / sum(sum(row.values()) for row in rows)

    @cached_property
    def _recent(self) -> tuple[Sequence[Share], Sequence[int]]:
        return _weighed([share for share in self.shares if share.published_at > self.now - 2 * RECENT])

    @cached_property
    def _old(self) -> tuple[Sequence[Share], Sequence[int]]:
        return _weighed([share for share in self.shares if share.published_at <= self.now - 2 * RECENT])

    def _draw_shares(self, ambassadors: int) -> list[Share]:
        rows = _rows()
        found = []
        for _ in range(ambassadors):
            ambassador_id, people = self._id(), self._chance.randrange(70, 400)
            for number in range(SHARES_EACH):
                age = OLD if number == SHARES_EACH - 1 else RECENT
                at = self.now - age - timedelta(minutes=self._chance.randrange(60 * 24))
                found.append(Share(self._id(), ambassador_id, at, self._chance.choice(rows), people))
        return found

    def _id(self) -> UUID:
        """Return an id that looks as if it was given at the time of the load (UUIDv7, RFC 9562)."""
        chance = self._chance.getrandbits(74)
        head = int(self.now.timestamp() * 1000) << 80 | 7 << 76 | (chance >> 62) << 64
        return UUID(int=head | 2 << 62 | chance & (1 << 62) - 1)


def payload(items: Sequence[Item]) -> bytes:
    """Return the body of a request."""
    return json.dumps({"interactions": [item.body for item in items]}, separators=(",", ":")).encode()


def _rows() -> list[dict[str, int]]:
    brand = [
        {"reaction": p.reactions, "comment": p.comments, "reshare": p.reshares, "click": p.clickers}
        for p in brand_posts()
    ]
    pages = [{"reaction": p.reactions, "comment": p.comments, "reshare": p.reshares} for p in page_posts()]
    return [{kind: number for kind, number in row.items() if number} for row in (*brand, *pages) if any(row.values())]


def _weighed(shares: Sequence[Share]) -> tuple[Sequence[Share], Sequence[int]]:
    return shares, list(accumulate(sum(share.row.values()) for share in shares))
