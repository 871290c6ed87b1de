"""Owns what is going to be posted: every share of the last six weeks, the same for the same seed and day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle

from deploy.local.demo.chance import chance
from deploy.local.demo.library import Campaign, Item, campaigns
from deploy.local.demo.people import PEOPLE, Degree, Person
from deploy.local.demo.texts import Pairs, Writer

WEEKS = 6
DAYS = WEEKS * 7
OFF_LINKEDIN = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedShare:
    """One share. LinkedIn tells who reacted; Instagram tells counts alone."""

    key: str
    author: Person
    item: str
    degree: Degree
    network: str
    text: str
    published_at: datetime

    @property
    def post_url(self) -> str:
        """The address of the post."""
        return f"https://{self.network}.example/posts/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The six weeks that end at `end`, midnight UTC of the day of the load: nothing lies in the future."""

    end: datetime

    @classmethod
    def of(cls, now: datetime) -> "Calendar":
        """Return the calendar of the day of `now`."""
        return cls(end=datetime.combine(now.astimezone(UTC).date(), time.min, UTC))

    @property
    def start(self) -> datetime:
        """When the first share may be published."""
        return self.end - timedelta(days=DAYS)

    @property
    def first_day(self) -> date:
        """The programme's first day: the Monday before, so that the first season holds all six weeks."""
        day = (self.start - timedelta(days=1)).date()
        return day - timedelta(days=day.weekday())


@dataclass(slots=True)
class Chooser:
    """Which item an author takes up: the newest one that they have not had yet, of those that are out."""

    had: set[str] = field(default_factory=set)

    def choose(self, released: Sequence[tuple[Campaign, Item]]) -> tuple[Campaign, Item]:
        """Return a campaign and its item; when they have had all, from the newest on again."""
        fresh = [pair for pair in released if pair[1].key not in self.had]
        if not fresh:
            self.had -= {item.key for _, item in released}
            fresh = list(released)
        self.had.add(fresh[-1][1].key)
        return fresh[-1]


def shares(calendar: Calendar, *, seed: int) -> list[PlannedShare]:
    """Return all shares by time of publication; no two of them have the same."""
    told: Pairs = set()
    planned = [share for person in PEOPLE for share in _shares_of(person, calendar, told, seed)]
    return sorted(planned, key=lambda share: (share.published_at, share.key))


def _shares_of(person: Person, calendar: Calendar, told: Pairs, seed: int) -> Iterator[PlannedShare]:
    draw, chooser = chance(seed, person.key, "plan"), Chooser()
    writer = Writer(person.key, person.language, told, seed=seed)
    times = _times(person, calendar, seed)
    for number, (at, degree) in enumerate(zip(times, cycle(person.profile.degrees), strict=False), start=1):
        campaign, item = chooser.choose(_released((at - calendar.start).days // 7))
        yield PlannedShare(
            key=f"{person.key}-{number:02d}",
            author=person,
            item=item.key,
            degree=degree,
            network="instagram" if draw.random() < OFF_LINKEDIN else "linkedin",
            text=writer.write(degree, campaign.key, item),
            published_at=at,
        )


def _times(person: Person, calendar: Calendar, seed: int) -> list[datetime]:
    """Spread the shares over the six weeks, in bursts of `a_day`, in the hours of a working day."""
    draw, profile = chance(seed, person.key, "times"), person.profile
    bursts = -(-profile.shares // profile.a_day)
    days = [int((number // profile.a_day + draw.random() * 0.9) * DAYS / bursts) for number in range(profile.shares)]
    if profile.a_day > 1:
        days = [days[number - number % profile.a_day] for number in range(profile.shares)]
    seconds = [draw.randrange(6 * 3600, 18 * 3600) for _ in days]
    return sorted(
        calendar.start + timedelta(days=day, seconds=second) for day, second in zip(days, seconds, strict=True)
    )


def _released(week: int) -> list[tuple[Campaign, Item]]:
    """Return the items that are out in a week, two more each week, in turn from each campaign; the newest last."""
    rounds = zip(*([(campaign, item) for item in campaign.items] for campaign in campaigns()), strict=True)
    return [pair for one in rounds for pair in one][: 2 * (week + 1)]
