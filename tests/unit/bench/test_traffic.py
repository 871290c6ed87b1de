"""The load of the benchmark has the shape that it claims."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from bench.traffic import DUPLICATES, INVALID, LATE, OLD, Item, Traffic
from libs.events.sharing import AmbassadorEnrolled, SharePublished

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COUNT = 20_000


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic(50, guests=3, now=NOW, seed=7)


@pytest.fixture(scope="module")
def items(traffic: Traffic) -> list[Item]:
    return traffic.items(COUNT)


def test_the_seed_decides_everything() -> None:
    first, second = (Traffic(5, now=NOW, seed=3) for _ in range(2))
    assert first.items(500) == second.items(500)
    assert list(first.told()) == list(second.told())
    assert Traffic(5, now=NOW, seed=4).items(500) != first.items(500)


def test_duplicates_and_invalid_ones_are_as_many_as_stated(items: list[Item]) -> None:
    fates = Counter(item.fate for item in items)
    assert fates["duplicate"] / COUNT == pytest.approx(DUPLICATES, rel=0.2)
    assert fates["invalid"] / COUNT == pytest.approx(INVALID, rel=0.4)


def test_late_ones_are_as_many_as_stated_and_on_old_shares(traffic: Traffic, items: list[Item]) -> None:
    old = {str(share.share_id) for share in traffic.shares if share.published_at <= NOW - OLD}
    late = [item for item in items if item.body["share_id"] in old and item.body["kind"] != "reply"]
    assert len(late) / COUNT == pytest.approx(LATE, rel=0.4)


def test_a_duplicate_is_an_earlier_item_again(items: list[Item]) -> None:
    seen: dict[str, Item] = {}
    for item in items:
        if item.fate == "duplicate":
            assert seen[item.key].body == item.body
        else:
            assert item.key not in seen
        seen[item.key] = item


def test_a_reply_answers_a_comment_on_the_same_share_that_was_sent_before(items: list[Item]) -> None:
    comments: dict[str, str] = {}
    replies = 0
    for item in items:
        if item.body["kind"] == "comment" and item.fate != "invalid":
            comments[item.key] = item.body["share_id"]
        if item.body["kind"] == "reply" and item.fate == "new":
            assert comments[item.body["answers"]] == item.body["share_id"]
            replies += 1
    assert replies > 100


def test_a_few_shares_draw_most_and_guests_none(traffic: Traffic, items: list[Item]) -> None:
    drawn = Counter(item.body["share_id"] for item in items)
    most = sum(number for _, number in drawn.most_common(len(traffic.shares) // 10))
    assert most > COUNT / 3
    assert not drawn.keys() & {str(share.share_id) for share in traffic.guests}


def test_everybody_who_shares_is_enrolled_before_they_share(traffic: Traffic) -> None:
    enrolled = set()
    for event in traffic.told():
        if isinstance(event, AmbassadorEnrolled):
            enrolled.add(event.ambassador_id)
        if isinstance(event, SharePublished):
            assert event.ambassador_id in enrolled
    assert len(enrolled) == 53


def test_nothing_happens_before_its_share_or_after_now(traffic: Traffic, items: list[Item]) -> None:
    published = {str(share.share_id): share.published_at for share in traffic.shares}
    for item in items:
        if item.fate == "new":
            assert published[item.body["share_id"]] <= datetime.fromisoformat(item.body["occurred_at"]) <= NOW
