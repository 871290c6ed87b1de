"""What one person's new touches change on the shares of one author: what they add now less what they added before.

Nobody else's part of a share hangs on them: how often this person was met, and how favours were returned between author
and colleague, weighs on this person's touches alone. So a share need not be read whole for a new touch on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.gamification.rules.domain.facts import PairTouch, Touch
from services.gamification.rules.domain.history import Encounters, Reciprocity, touched
from services.gamification.rules.domain.measure import History, Meter
from services.gamification.rules.domain.parameters import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """All that one person ever did on the shares of an author, and the favours between them if they are colleagues.

    Of favours those are needed that lie within `reciprocity_days` of a new one.
    """

    author: UUID
    known: tuple[Touch, ...]
    new: tuple[Touch, ...]
    known_favours: tuple[PairTouch, ...] = ()
    new_favours: tuple[PairTouch, ...] = ()

    @property
    def since(self) -> datetime | None:
        """The time of the first new touch or favour: what was before weighs as it did."""
        times = (*(touch.at for touch in self.new), *(favour.at for favour in self.new_favours))
        return min(times, default=None)

    def shares(self) -> set[UUID]:
        """Return the shares to which the person may add something else now."""
        if (since := self.since) is None:
            return set()
        return {touch.share_id for touch in (*self.known, *self.new) if touch.at >= since}


def grow(meters: Mapping[UUID, Meter], relation: Relation) -> None:
    """Let meters of the author's shares, which stand as before what is new, count what the person adds now."""
    before = _Side(relation.author, relation.known, relation.known_favours)
    after = _Side(relation.author, (*relation.known, *relation.new), (*relation.known_favours, *relation.new_favours))
    for share_id in relation.shares():
        if meter := meters.get(share_id):
            if share_id in before.acts:
                meter.take_away(before.acts[share_id], before.history(meter.rules))
            meter.add(after.acts[share_id], after.history(meter.rules))


class _Side:
    """A relation as it was before what is new, or as it is now."""

    def __init__(self, author: UUID, touches: Iterable[Touch], favours: Iterable[PairTouch]) -> None:
        self._author, self._touches, self._favours = author, touches, favours
        self._histories: dict[int, History] = {}
        self.acts: defaultdict[UUID, list[Touch]] = defaultdict(list)
        for touch in touches:
            self.acts[touch.share_id].append(touch)

    def history(self, rules: Rules) -> History:
        """Return what was before each touch, as far back as the rules look."""
        if rules.version not in self._histories:
            met = Encounters(touched(self._touches), rules.repeat.days)
            self._histories[rules.version] = History(met, Reciprocity(rules.people, self._author, self._favours))
        return self._histories[rules.version]
