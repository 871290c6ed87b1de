"""Numbers that say where they come from: by provenance, by people or by reports, estimates always apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from libs.events.intake import ReadKind

By = Literal["share", "item", "campaign", "team", "network", "programme"]
KINDS: tuple[ReadKind, ...] = get_args(ReadKind)
ENGAGEMENT: tuple[ReadKind, ...] = ("reaction", "comment", "reshare", "mention", "click")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number over shares.

    Of each share it holds the larger of what people did, counted one by one, and the latest report. `people` is the
    part of the value that was counted one by one. `estimated` is of shares of which nothing else is known, and no part
    of the value. `read_at` is the time of the oldest report in the value.
    """

    measured: int = 0
    imported: int = 0
    declared: int = 0
    people: int = 0
    estimated: int = 0
    read_at: datetime | None = None

    @property
    def value(self) -> int:
        """All but estimates."""
        return self.measured + self.imported + self.declared

    def __add__(self, other: "Number") -> "Number":
        times = [at for at in (self.read_at, other.read_at) if at is not None]
        return Number(
            measured=self.measured + other.measured,
            imported=self.imported + other.imported,
            declared=self.declared + other.declared,
            people=self.people + other.people,
            estimated=self.estimated + other.estimated,
            read_at=min(times, default=None),
        )


NOTHING = Number()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number of one kind, of the shares of one group on one network."""

    key: str
    network: str
    kind: ReadKind
    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What else is counted over the shares of one group. `asked` are comments by others, `answered` some of them."""

    key: str
    shares: int
    audience: int
    first_hour: int
    asked: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Visitors who reached a goal; `goal` is None where none was told."""

    key: str
    goal: str | None
    number: Number


@dataclass(slots=True, kw_only=True)
class Measure:
    """All numbers of one group of shares."""

    tally: Tally
    kinds: dict[ReadKind, Number] = field(default_factory=dict)
    networks: dict[tuple[str, ReadKind], Number] = field(default_factory=dict)
    goals: dict[str | None, Number] = field(default_factory=dict)

    def of(self, kind: ReadKind) -> Number:
        """Return the number of a kind."""
        return self.kinds.get(kind, NOTHING)

    @property
    def engagement(self) -> int:
        """Reactions, comments, reshares, mentions and clicks."""
        return sum(self.of(kind).value for kind in ENGAGEMENT)

    @property
    def conversions(self) -> Number:
        """Visitors over all goals; who reached two goals counts for both."""
        return sum(self.goals.values(), NOTHING)


def measures_of(tallies: Iterable[Tally], rows: Iterable[Row], converted: Iterable[Converted]) -> Mapping[str, Measure]:
    """Return what is known of each group, by its key."""
    found = {tally.key: Measure(tally=tally) for tally in tallies}
    for row in rows:
        measure = found[row.key]
        measure.kinds[row.kind] = measure.of(row.kind) + row.number
        measure.networks[row.network, row.kind] = row.number
    for one in converted:
        found[one.key].goals[one.goal] = one.number
    return found


def per(part: float, whole: float) -> float | None:
    """Return a quotient to four places; None where there is nothing to divide by."""
    return round(part / whole, 4) if whole else None
