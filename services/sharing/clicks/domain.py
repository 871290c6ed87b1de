"""Which visits of a link are clicks that count, and why the others do not: the first reason, in this order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.events.gateway import Agent
from libs.events.sharing import Verdict

PREVIEW = timedelta(seconds=10)
HOUR = timedelta(hours=1)
CROWD = 5  # visitors of one network that count on a share within an hour
VALID: Final = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One visit of a link. The keys of visitor and network are of its day: at other days they are others."""

    click_id: UUID
    seen_at: datetime
    visitor: str
    network: str
    agent: Agent
    prefetch: bool


class Judge:
    """Judges the visits of one link, knowing those that count already.

    In whichever order they come: a visitor never counts twice, and no hour has more than five of a network.
    """

    def __init__(self, *, posted_at: datetime, own: Collection[str], valid: Iterable[Seen]) -> None:
        """Take when the link was posted, the keys of the author's own visits, and what counts already."""
        self._open_at = posted_at + PREVIEW
        self._own = own
        self._visitors: set[str] = set()
        self._of_network: defaultdict[str, list[datetime]] = defaultdict(list)
        for one in valid:
            self._count(one)

    def judge(self, visits: Sequence[Seen]) -> dict[UUID, Verdict]:
        """Return the verdict on each visit."""
        ordered = sorted(visits, key=lambda one: (one.seen_at, one.click_id))
        return {one.click_id: self._verdict(one) for one in ordered}

    def _verdict(self, visit: Seen) -> Verdict:
        verdict = self._alone(visit) or self._among(visit)
        if verdict is None:
            self._count(visit)
        return verdict or VALID

    def _alone(self, visit: Seen) -> Verdict | None:
        """Return what is wrong with a visit, whoever else came."""
        if visit.prefetch:
            return "prefetch"
        if visit.agent == "none":
            return "no-agent"
        if visit.agent == "crawler":
            return "crawler"
        if visit.visitor in self._own:
            return "own-visit"
        # what comes before the post is public cannot come from it
        return "preview" if visit.seen_at < self._open_at else None

    def _among(self, visit: Seen) -> Verdict | None:
        """Return what is wrong with a visit for those that count already."""
        if visit.visitor in self._visitors:
            return "same-visitor"
        near = sum(abs(at - visit.seen_at) < HOUR for at in self._of_network[visit.network])
        return "crowded" if near >= CROWD else None

    def _count(self, visit: Seen) -> None:
        self._visitors.add(visit.visitor)
        self._of_network[visit.network].append(visit.seen_at)
