"""What one person's new touches change on the shares of one author: what they add now less what they added before.

Nobody else's part of a share hangs on them: how often this person was met, and how favours were returned between author
and colleague, weighs on this person's touches alone. So a share need not be read whole for a new touch on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.gamification.rules.domain.facts import PairTouch, Touch
from services.gamification.rules.domain.history import Encounters, Reciprocity, touched
from services.gamification.rules.domain.measure import History, Meter, Scale

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Relation:
    """All that one person ever did on the shares of an author, and the favours between them if they are colleagues.

    Of favours those are needed that lie within `reciprocity_days` of a new one. `shares` are those to which the person
    may add something else now: what was before the first new touch or favour weighs as it did.
    """

    author: UUID
    known: Sequence[Touch]
    new: Sequence[Touch]
    known_favours: Sequence[PairTouch] = ()
    new_favours: Sequence[PairTouch] = ()
    shares: set[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self.shares = {touch.share_id for touch in self.new}
        if self.known:
            times = [*(touch.at for touch in self.new), *(favour.at for favour in self.new_favours)]
            since = min(times, default=NEVER)
            self.shares.update(touch.share_id for touch in self.known if touch.at >= since)


def grow(meters: Mapping[UUID, Meter], relation: Relation) -> None:
    """Let meters of the author's shares, which stand as before what is new, count what the person adds now."""
    known, touches = relation.known, [*relation.known, *relation.new]
    before = _Histories(relation, known, relation.known_favours) if known else None
    after = _Histories(relation, touches, [*relation.known_favours, *relation.new_favours])
    for share_id in relation.shares:
        if (meter := meters.get(share_id)) is None:
            continue
        if before and (acts := [touch for touch in known if touch.share_id == share_id]):
            meter.take_away(acts, before.under(meter.scale))
        meter.add([touch for touch in touches if touch.share_id == share_id], after.under(meter.scale))


class _Histories:
    """What was before each touch of one side of a change, under each version of the rules."""

    def __init__(self, relation: Relation, touches: Sequence[Touch], favours: Sequence[PairTouch]) -> None:
        self._relation, self._touches, self._favours = relation, touches, favours
        self._elsewhere = any(touch.share_id != touches[0].share_id for touch in touches)
        self._made: dict[int, History] = {}

    def under(self, scale: Scale) -> History:
        """Return it as far back as the rules look."""
        if not (self._elsewhere or self._favours):
            return scale.nothing_before
        rules = scale.rules
        if rules.version not in self._made:
            met = Encounters(touched(self._touches), rules.repeat.days)
            self._made[rules.version] = History(met, Reciprocity(rules.people, self._relation.author, self._favours))
        return self._made[rules.version]
