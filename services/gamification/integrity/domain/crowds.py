"""Repeated crowds: the same set of people on several posts in a row (bought accounts; docs/runbooks/integrity.md)."""

from collections.abc import Iterable, Sequence
from itertools import combinations, groupby
from uuid import UUID

from services.gamification.evidence.domain import Crowd
from services.gamification.integrity.domain.findings import Finding, Kind
from services.gamification.integrity.domain.limits import CrowdLimits


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return |A and B| / |A or B| of two sets that are not both empty."""
    return len(one & other) / len(one | other)


def repeated_crowds(crowds: Iterable[Crowd], known: frozenset[UUID], limits: CrowdLimits) -> list[Finding]:
    """Return one finding for each author with a repeated crowd, naming the shares that are not `known` yet.

    `crowds` come by author and in the order of publication.
    """
    found = []
    for author, group in groupby(crowds, key=lambda crowd: crowd.ambassador_id):
        posts = list(group)
        runs = [run for run in _in_a_row(posts, limits.in_a_row) if _is_repeated(run, limits)]
        marked = {crowd.share_id: crowd for run in runs for crowd in run}
        new = tuple(share_id for share_id in marked if share_id not in known)
        if new:
            figures = {
                "posts": len(marked),
                "people": min(len(crowd.people) for crowd in marked.values()),
                "alike": min(int(100 * _alikeness(run)) for run in runs),
            }
            found.append(Finding(kind=Kind.CROWD, ambassador_ids=(author,), share_ids=new, figures=figures))
    return found


def _in_a_row(posts: Sequence[Crowd], number: int) -> list[Sequence[Crowd]]:
    return [posts[start : start + number] for start in range(len(posts) - number + 1)]


def _is_repeated(run: Sequence[Crowd], limits: CrowdLimits) -> bool:
    return all(len(crowd.people) >= limits.people for crowd in run) and _alikeness(run) > limits.alike


def _alikeness(run: Sequence[Crowd]) -> float:
    return min(jaccard(one.people, other.people) for one, other in combinations(run, 2))
