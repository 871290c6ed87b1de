"""When a delivery is tried again."""

from datetime import timedelta

# since the first attempt; the steps are those of the Standard Webhooks, within a day instead of three
OFFSETS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # fmt: skip
JITTER = 0.1


def pause_after(tried: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many failed attempts, a tenth more or less by `chance` (0 to 1); None: no more.

    A pause counts from the attempt that failed, so that a sender which was down for hours does not catch up at once.
    """
    if tried >= len(OFFSETS):
        return None
    step = OFFSETS[tried] - OFFSETS[tried - 1]
    return step * (1 + JITTER * (2 * chance - 1))
