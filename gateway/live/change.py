"""What changed from one page to another, in the form in which a client applies it."""

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from gateway.live.answers import Change

Page = dict[str, Any]  # the JSON of a StandingsOut
Row = dict[str, Any]
ABSENT = object()


def change(before: Page, after: Page) -> Change:
    """Return what makes `after` out of `before`: only rows whose place or content is another, by place (from 0)."""
    held: Sequence[Row] = before["items"]
    places = _places(held)
    rows: list[Row] = []
    stayed: set[int] = set()
    for at, row in enumerate(after["items"]):
        found = places.get(_who(row))
        was = found.popleft() if found else None
        if was is None:
            rows.append({"at": at, "was": None, **row})
            continue
        stayed.add(was)
        fields = _changed(held[was], row)
        if fields or was != at:
            rows.append({"at": at, "was": was, **fields})
    left = [place for place in range(len(held)) if place not in stayed]
    head = {name: value for name, value in _changed(before, after).items() if name != "items"}
    return {"head": head, "size": len(after["items"]), "rows": rows, "left": left}


def _who(row: Row) -> str:
    """Return whose row it is, as far as it tells. Two may share an invented name: then either is taken for the other.

    That is a matter of how a client moves rows, never of what they hold.
    """
    return str(row["ambassador_id"] or row["team_id"] or row["name"])


def _places(rows: Sequence[Row]) -> dict[str, deque[int]]:
    found: defaultdict[str, deque[int]] = defaultdict(deque)
    for place, row in enumerate(rows):
        found[_who(row)].append(place)
    return found


def _changed(before: Row, after: Row) -> Row:
    return {name: value for name, value in after.items() if before.get(name, ABSENT) != value}
