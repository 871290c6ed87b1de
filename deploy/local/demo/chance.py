"""Owns the demonstration's chance: the same seed and names give the same draws on every machine."""

from random import Random


def chance(*names: object) -> Random:
    """Return a generator of its own for `names`, so that one part drawing more does not move another."""
    return Random("/".join(map(str, names)))  # noqa: S311  # invented data, no secret
