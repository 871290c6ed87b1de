from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.clock import new_id
from services.engagement.quarantine.domain import Outcome, Quarantined, State, Unusable, after, digest_of
from services.engagement.shares.domain import KnownShare, ShareName, named, share_name_of

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PROGRAMME, OTHER = UUID(int=1), UUID(int=2)
UNUSABLE = Unusable(
    kind="interaction",
    programme_id=PROGRAMME,
    door="interactions",
    reason="unknown-share",
    share=None,
    item={"source": "a", "place": 1},
    receipt_id=UUID(int=3),
    place=1,
)
SHARE = KnownShare(
    share_id=UUID(int=9),
    programme_id=PROGRAMME,
    ambassador_id=UUID(int=4),
    network="x",
    post_url="https://x.com/1",
    published_at=NOW,
)


def test_copies_differ_in_place_request_and_reason_alone() -> None:
    copies = [
        replace(UNUSABLE, item={"place": 7, "source": "a"}, place=7),
        replace(UNUSABLE, receipt_id=new_id(), reason="several-shares"),
    ]
    others = [
        replace(UNUSABLE, item={"source": "b"}),
        replace(UNUSABLE, programme_id=None),
        replace(UNUSABLE, kind="count"),
    ]
    assert {digest_of(copy) for copy in copies} == {digest_of(UNUSABLE)}
    assert len({digest_of(one) for one in (UNUSABLE, *others)}) == 4


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        ("new", "applied", "unknown-share"),
        ("duplicate", "applied", "unknown-share"),
        ("conflict", "applied", "unknown-share"),
        ("impossible-time", "open", "impossible-time"),
    ],
)
def test_trying_again_ends_the_wait_or_gives_another_reason(outcome: Outcome, state: State, reason: str) -> None:
    waiting = Quarantined(
        id=UUID(int=5),
        kind="interaction",
        programme_id=PROGRAMME,
        door="interactions",
        reason="unknown-share",
        share_id=None,
        address=None,
        item={},
        receipt_id=UUID(int=3),
        place=None,
        arrived_at=NOW,
        state="open",
        tries=0,
        changed_at=NOW,
    )
    tried = after(waiting, outcome)
    assert (tried.state, tried.reason, tried.tries) == (state, reason, 1)


def test_a_share_is_found_by_id_or_by_address_in_one_programme_or_in_all() -> None:
    twin = replace(SHARE, share_id=UUID(int=10), programme_id=OTHER)
    by_id = share_name_of(PROGRAMME, SHARE.share_id, "https://x.com/other")
    assert by_id == ShareName(PROGRAMME, SHARE.share_id, None)
    assert named(by_id, [SHARE, twin]) == SHARE
    assert named(share_name_of(OTHER, SHARE.share_id, None), [SHARE]) == "unknown-share"
    here, anywhere = (share_name_of(programme, None, "HTTPS://X.com/1/#a") for programme in (PROGRAMME, None))
    assert named(here, [SHARE, twin]) == SHARE
    assert named(anywhere, [SHARE, twin]) == "several-shares"
    assert named(anywhere, [twin]) == twin
    assert named(here, []) == "unknown-share"
