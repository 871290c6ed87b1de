"""What a key may be given, and until when a secret holds that has a successor."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.auth.roles import KEY_SCOPES, SCOPES
from services.content.keys.domain import end_of_overlap, grant
from services.content.keys.errors import ScopesNotHeld

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def test_nobody_gives_more_than_they_hold() -> None:
    assert grant(["engagement:read", "content:read", "content:read"], SCOPES["analyst"]) == [
        "content:read",
        "engagement:read",
    ]
    with pytest.raises(ScopesNotHeld, match="engagement:write, rules:write"):
        grant(["content:read", "rules:write", "engagement:write"], SCOPES["analyst"])


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_who_makes_keys_may_give_all_that_keys_may_have(role: str) -> None:
    assert grant(KEY_SCOPES, SCOPES[role]) == sorted(KEY_SCOPES)


def test_a_secret_ends_with_the_overlap_and_never_later_than_it_would_have() -> None:
    tomorrow, next_week = NOW + timedelta(days=1), NOW + timedelta(days=7)
    assert end_of_overlap(next_week, now=NOW, overlap=timedelta(days=1)) == tomorrow
    assert end_of_overlap(tomorrow, now=NOW, overlap=timedelta(days=7)) == tomorrow
    assert end_of_overlap(next_week, now=NOW, overlap=timedelta()) == NOW
