from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.engagement.shares.domain import KnownShare, ShareName, address_of, named, refused_time

PUBLISHED = datetime(2026, 11, 18, 9, tzinfo=UTC)
NOW = PUBLISHED + timedelta(days=2)


def share(number: int = 1, post_url: str | None = None) -> KnownShare:
    return KnownShare(
        share_id=UUID(int=number),
        programme_id=UUID(int=7),
        ambassador_id=UUID(int=8),
        network="linkedin",
        post_url=post_url,
        published_at=PUBLISHED,
    )


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (NOW + timedelta(minutes=5), True),
        (NOW + timedelta(minutes=5, microseconds=1), False),
        (PUBLISHED - timedelta(days=1), True),
        (PUBLISHED - timedelta(days=1, microseconds=1), False),
    ],
)
def test_a_time_lies_between_a_day_before_the_share_and_five_minutes_from_now(at: datetime, *, allowed: bool) -> None:
    assert (refused_time(at, share(), now=NOW) is None) is allowed


@pytest.mark.parametrize(
    "url",
    ["https://X.com/a/1", "HTTPS://x.com/a/1/", " https://x.com/a/1#top ", "https://x.com/a/1//"],
)
def test_addresses_of_one_post_are_equal(url: str) -> None:
    assert address_of(url) == "https://x.com/a/1"


@pytest.mark.parametrize("url", ["https://x.com/A/1", "https://x.com/a/1?id=2", "http://x.com/a/1", "http://[x"])
def test_addresses_of_other_posts_are_not(url: str) -> None:
    assert address_of(url) != "https://x.com/a/1"


def test_two_shares_at_one_address_are_told_apart_by_id_only() -> None:
    both = [share(1, "https://x.com/a"), share(2, "https://x.com/a")]
    assert named(ShareName(None, UUID(int=2), None), both) == share(2, "https://x.com/a")
    assert named(ShareName(None, None, "https://x.com/a"), both) == "several-shares"
