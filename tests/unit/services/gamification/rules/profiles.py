"""Twelve weeks of one ambassador as the profiles of the scoring model behave: the assumptions of its simulation."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.gamification.rules.domain import Answer, Kind, PairTouch, ShareFacts, Touch

from .evidence import ME, colleague, days, share, share_id
from .seasons import Season

WEEKS = 12


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How somebody behaves; people per share are means.

    `together` shares go out on one day, `copied` is the part of a text that is not one's own, `parrot` how many
    colleagues said it so before, `crowd` how many outsiders the likely people are drawn from.
    """

    audience: int = 300
    a_week: float = 2
    together: int = 1
    copied: tuple[float, float] = (0, 0.2)
    parrot: tuple[int, int] = (0, 1)
    repeats: bool = False
    reactions: float = 0
    comments: float = 0
    reshares: float = 0
    clicks: float = 0
    crowd: int = 60
    answered: float = 0
    pod: int = 0


AUTHENTIC = {
    "modest": Profile(audience=400, reactions=5, comments=1, reshares=0.3, clicks=4, answered=0.5),
    "small": Profile(audience=120, reactions=4, comments=0.8, reshares=0.1, clicks=2, crowd=30, answered=0.5),
}
COPIED = Profile(a_week=3, copied=(0.92, 1), parrot=(5, 15), reactions=3, comments=0.2, clicks=2)
ABUSIVE = {
    "spammer": Profile(
        a_week=20, together=10, copied=(0.98, 1), parrot=(5, 15), repeats=True, reactions=0.5, comments=0.03, clicks=0.5
    ),
    "click-bot": Profile(copied=(0.92, 1), parrot=(5, 15), reactions=0.5, clicks=60, crowd=2000),
    "pod": Profile(copied=(0.5, 0.85), parrot=(0, 3), reactions=1, comments=0.1, clicks=1, pod=7),
    "copier": COPIED,
}


@dataclass
class Diary:
    """What has happened so far."""

    chance: random.Random
    shares: list[ShareFacts] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    pairs: list[PairTouch] = field(default_factory=list)

    def several(self, mean: float) -> int:
        """A number around a mean, of a long tail as engagement has."""
        return int(mean * self.chance.lognormvariate(-0.3, 0.75) + self.chance.random())


def play(profile: Profile, seed: int) -> Season:
    """The season of somebody who behaves so."""
    diary = Diary(random.Random(seed))
    for week in range(WEEKS):
        days_of_posting = profile.a_week / profile.together
        count = int(days_of_posting) + (diary.chance.random() < days_of_posting % 1)
        for at in sorted(7 * week + diary.chance.randrange(7) for _ in range(count)):
            for _ in range(profile.together):
                _post(profile, diary, at)
    return Season(
        shares=tuple(diary.shares),
        touches=tuple(diary.touches),
        answers=tuple(diary.answers),
        pair_touches=tuple(diary.pairs),
    )


def _post(profile: Profile, diary: Diary, at: int) -> None:
    number, words = len(diary.shares), diary.chance.randrange(45, 90)
    diary.shares.append(
        share(
            number,
            at=at,
            words=words,
            copied=round(words * diary.chance.uniform(*profile.copied)),
            parrot=10_000 * diary.chance.randint(*profile.parrot),
            self_repeats=number if profile.repeats else 0,
            audience=profile.audience,
        )
    )
    for kind, mean in _means(profile).items():
        people = diary.chance.sample(range(profile.crowd), min(profile.crowd, diary.several(mean)))
        for person in people:
            _act(diary, number, kind, f"{'visitor' if kind is Kind.CLICK else 'friend'} {person}", at)
            if kind is Kind.COMMENT and diary.chance.random() < profile.answered:
                _answer(diary, number, f"friend {person}", at)
    for member in range(profile.pod):
        _favours(diary, number, member, at)


def _means(profile: Profile) -> Mapping[Kind, float]:
    return {
        Kind.REACTION: profile.reactions,
        Kind.COMMENT: profile.comments,
        Kind.RESHARE: profile.reshares,
        Kind.CLICK: profile.clicks,
    }


def _act(diary: Diary, number: int, kind: Kind, person: str, at: float, by: UUID | None = None) -> None:
    soon = days(at + diary.chance.expovariate(1))
    diary.touches.append(Touch(share_id=share_id(number), person=person, colleague_id=by, kind=kind, at=soon))


def _answer(diary: Diary, number: int, person: str, at: float) -> None:
    asked = days(at + diary.chance.expovariate(1))
    diary.answers.append(
        Answer(
            share_id=share_id(number),
            person=person,
            colleague_id=None,
            commented_at=asked,
            answered_at=asked + timedelta(hours=diary.chance.expovariate(1 / 8)),
            words=12,
            repeated=False,
        )
    )


def _favours(diary: Diary, number: int, member: int, at: float) -> None:
    """One of a pod likes and comments, and gets the same for a share of their own."""
    by = colleague(member)
    for kind in (Kind.REACTION, Kind.COMMENT):
        _act(diary, number, kind, f"pod {member}", at, by)
        received = diary.touches[-1].at
        diary.pairs += [PairTouch(by=by, author=ME, at=received), PairTouch(by=ME, author=by, at=received)]
