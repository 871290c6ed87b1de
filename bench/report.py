"""What every measurement here hands in: a table for people and a JSON file for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value; `ceiling` is what the bare servers do in the same run, `ratio` the part of it reached.

    1 is as good as they, whether more is better or less.
    """

    name: str
    value: float
    unit: str
    ceiling: float | None = None
    ratio: float | None = None


def against(name: str, value: float, unit: str, *, ceiling: float) -> Figure:
    """Return a figure with its part of a ceiling in the same unit."""
    return Figure(name=name, value=value, unit=unit, ceiling=ceiling, ratio=value / ceiling)


def above(name: str, value: float, unit: str, *, floor: float) -> Figure:
    """Return a figure of which less is better, with what is reached of its floor in the same unit: 1 is the best."""
    return Figure(name=name, value=value, unit=unit, ceiling=floor, ratio=floor / value if value else 1.0)


def write(bench: str, figures: Sequence[Figure]) -> Path:
    """Print the table and write bench/out/<bench>.json."""
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        compared = "" if figure.ratio is None else f"{figure.ceiling:>12,.1f} {figure.ratio:>6.2f}"
        print(f"{figure.name:<{width}} {figure.value:>12,.1f} {figure.unit:<6} {compared}".rstrip())
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{bench}.json"
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
    return path
