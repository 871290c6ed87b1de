"""What was before: whom the ambassador met earlier, on which other shares, and who returned the favour.

An event looks only at what lies before its own time (ties: by id), so the order of arrival cannot matter and the last
event cannot lower what earlier ones earned.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from services.gamification.rules.domain.factors import ONE, multiply, quantise, ratio
from services.gamification.rules.domain.facts import Kind, PairTouch, Touch
from services.gamification.rules.domain.parameters import PeopleRules


class Encounters:
    """On which shares a person was met, and when; used for touches and for answers alike."""

    def __init__(self, meetings: Iterable[tuple[str, datetime, UUID]], days: int) -> None:
        self._window = timedelta(days=days)
        self._by_person: defaultdict[str, list[tuple[datetime, UUID]]] = defaultdict(list)
        for person, at, share_id in meetings:
            self._by_person[person].append((at, share_id))

    def shares_before(self, person: str, at: datetime, share_id: UUID) -> set[UUID]:
        """The shares on which the person was met in the days before; a tie in time is settled by share id."""
        since, now = at - self._window, (at, share_id)
        return {moment[1] for moment in self._by_person.get(person, ()) if moment < now and moment[0] >= since}


def touched(touches: Iterable[Touch]) -> Iterable[tuple[str, datetime, UUID]]:
    """The meetings in touches: clicks are left out, for a visitor is not yet a person."""
    return ((t.person, t.at, t.share_id) for t in touches if t.kind is not Kind.CLICK)


class Reciprocity:
    """How evenly the ambassador and each colleague touched each other's shares in the days before an event."""

    def __init__(self, rules: PeopleRules, ambassador_id: UUID, pair_touches: Iterable[PairTouch]) -> None:
        self._rules = rules
        self._me = ambassador_id
        self._window = timedelta(days=rules.reciprocity_days)
        self._received: defaultdict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
        self._given: defaultdict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
        for pair in sorted(pair_touches, key=lambda p: (p.at, p.by)):
            if pair.author == ambassador_id:
                self._received[pair.by].append((pair.at, pair.by))
            elif pair.by == ambassador_id:
                self._given[pair.author].append((pair.at, pair.by))

    def weight(self, colleague_id: UUID | None, at: datetime) -> int:
        """Step 2: an outsider is 1, a colleague .25 (1 - .8 rec), rec = min / max of both directions before `at`."""
        if colleague_id is None:
            return ONE
        rules, now = self._rules, (at, colleague_id)
        received = self._before(self._received.get(colleague_id, []), now)
        given = self._before(self._given.get(colleague_id, []), now)
        rec = ratio(min(received, given), max(received, given)) if received and given else 0
        return multiply(quantise(rules.colleague), ONE - multiply(quantise(rules.reciprocity_discount), rec))

    def _before(self, moments: list[tuple[datetime, UUID]], now: tuple[datetime, UUID]) -> int:
        since = bisect_left(moments, now[0] - self._window, key=lambda moment: moment[0])
        return bisect_left(moments, now) - since
