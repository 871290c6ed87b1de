"""What was sent, what the doors answered, and from that what must be found in the tables."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.traffic import Item

Expected = Literal["counted", "unknown-share", "impossible-time"]


@dataclass
class Book:
    """Items by what identifies them. `expected` says what becomes of one that a door accepts; `said` what was sent."""

    expected: dict[str, Expected] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)
    said: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))

    def plan(self, item: Item, expected: Expected) -> None:
        """Note what will be sent; a spoilt copy of an id that is valid elsewhere has an id of its own."""
        if item.fate == "invalid":
            self.invalid.add(item.key)
        else:
            self.expected[item.key] = expected
            self.said[item.key].add(item.says)

    def answered(self, items: list[Item], answer: dict[str, Any]) -> None:
        """Note what a door answered to these items, in the order in which they were sent."""
        refused = {row["index"]: row["errors"] for row in answer["rejected"]}
        accepted = answer.get("accepted", len(items) - len(refused))
        assert accepted + len(refused) == len(items), "each item is accepted or refused"
        if "receipt_id" in answer and accepted:
            self.receipts[answer["receipt_id"]] = accepted
        for place, item in enumerate(items):
            if place in refused:
                self.refused[item.key] = refused[place]
            else:
                self.accepted.add(item.key)

    def all_with(self, expected: Expected) -> set[str]:
        """Return the accepted ids that must end so."""
        return {key for key in self.accepted if self.expected[key] == expected}
