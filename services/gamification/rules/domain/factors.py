"""Quantised arithmetic: every factor is an integer in ten-thousandths, rounded half up when it is made.

`exp` and `pow` differ in their last bit between machines; after rounding to four decimals they do not, and everything
behind is integer arithmetic. Each function here grows with its inputs, so rounding never turns a gain into a loss.
"""

import math
from functools import lru_cache

ONE = 10_000
MILLI = 1_000


_ONES: tuple[int, ...] = tuple(ONE**n for n in range(16))  # what a product of n factors is divided by


@lru_cache(maxsize=4096)
def quantise(value: float) -> int:
    """A number in ten-thousandths, rounded half up."""
    return math.floor(value * ONE + 0.5)


def ratio(part: int, whole: int, *, unit: int = ONE) -> int:
    """The quotient part / whole in `unit`ths, rounded half up; `whole` must be positive."""
    return (2 * part * unit + whole) // (2 * whole)


def multiply(*factors: int, unit: int = ONE) -> int:
    """The product of numbers in ten-thousandths, rounded half up once, at the end, to `unit`ths; of fifteen at most."""
    whole = _ONES[len(factors)]
    return (2 * math.prod(factors) * unit + whole) // (2 * whole)


@lru_cache(maxsize=4096)
def power(number: float, exponent: float) -> int:
    """`number` to the power of `exponent`, in ten-thousandths."""
    return quantise(math.pow(number, exponent))


def saturate(value: int, ceiling: int, half_at: int) -> int:
    """The value ceiling * value / (value + half_at), all in ten-thousandths: half of `ceiling` at `half_at`."""
    return ratio(ceiling * value, value + half_at, unit=1)
