"""The size of an audience changes what an interaction is worth."""

import pytest

from services.gamification.rules.domain.audience import audience_bucket, audience_factor

from .evidence import RULES


@pytest.mark.parametrize(
    ("audience", "factor"),
    [(500, 10_000), (None, 10_000), (8000, 4353), (20_000, 3307), (5_000_000, 3307), (150, 14_350), (0, 14_350)],
)
def test_factor(audience: int | None, factor: int) -> None:
    assert audience_factor(RULES.audience, audience) == factor


@pytest.mark.parametrize(
    ("audience", "bucket"),
    [(None, "unknown"), (0, "0-149"), (150, "150-499"), (7999, "2000-7999"), (8000, "8000-19999"), (20_000, "20000+")],
)
def test_a_line_records_a_bucket_and_not_the_number(audience: int | None, bucket: str) -> None:
    assert audience_bucket(RULES.audience, audience) == bucket
