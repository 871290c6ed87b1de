import random
from datetime import timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest

from libs.clock import new_id
from libs.events.sharing import SharePublished
from tests.integration.engagement.play import NOW, PUBLISHED, Play, at
from tests.support.harness import Running


def snapshot(share: SharePublished, kind: str = "reaction", count: int = 5, **other: object) -> dict[str, Any]:
    return {
        "share_id": str(share.share_id),
        "kind": kind,
        "count": count,
        "read_at": at(days=1),
        "provenance": "measured",
        **other,
    }


async def post(play: Play, *items: object, **rest: Any) -> httpx.Response:
    json = rest.pop("json", list(items))
    params = {"programme_id": str(play.programme_id)}
    return await play.running.caller("service").call("POST", "/snapshots", params=params, json=json, **rest)


async def accepted(play: Play, *items: object) -> dict[str, Any]:
    answer = await post(play, *items)
    assert answer.status_code == 202, answer.text
    assert answer.json()["rejected"] == []
    await play.running.settled()
    return await play.receipt(answer.json()["receipt_id"])


def became(receipt: dict[str, Any]) -> dict[str, Any]:
    return {name: receipt[name] for name in ("accepted", "new", "duplicates", "conflicts", "quarantined")}


async def shown(play: Play, share: SharePublished, part: str = "reported") -> dict[str, int]:
    return {row["kind"]: row["count"] for row in (await play.numbers(share))[part]}


async def test_a_count_is_told_with_its_author_and_shown(play: Play) -> None:
    share = await play.publishes()
    receipt = await accepted(play, snapshot(share, count=12))
    assert became(receipt) == {"accepted": 1, "new": 1, "duplicates": 0, "conflicts": 0, "quarantined": 0}
    (told,) = await play.reported()
    assert (told.share_id, told.ambassador_id, told.kind, told.count) == (
        share.share_id,
        share.ambassador_id,
        "reaction",
        12,
    )
    assert told.read_at == PUBLISHED + timedelta(days=1)
    assert await shown(play, share) == {"reaction": 12}


@pytest.mark.parametrize("order", list(permutations([(1, 10), (2, 30), (3, 20)])))
async def test_the_latest_reading_counts_in_any_order_also_when_it_is_lower(
    play: Play, order: list[tuple[int, int]]
) -> None:
    share = await play.publishes(published_at=NOW - timedelta(days=30))
    for days, count in order:
        await accepted(play, snapshot(share, count=count, read_at=(NOW - timedelta(days=10 - days)).isoformat()))
    assert await shown(play, share) == {"reaction": 20}
    assert sorted(one.count for one in await play.reported()) == [10, 20, 30]


async def test_the_same_batch_again_changes_nothing(play: Play) -> None:
    share = await play.publishes()
    batch = [snapshot(share, kind) for kind in ("reaction", "comment", "reach")]
    await accepted(play, *batch)
    receipt = await accepted(play, *batch, batch[0])
    assert became(receipt) == {"accepted": 4, "new": 0, "duplicates": 4, "conflicts": 0, "quarantined": 0}
    assert len(await play.reported()) == 2


async def test_another_count_of_the_same_look_is_a_conflict_and_the_first_one_stays(play: Play) -> None:
    share = await play.publishes()
    await accepted(play, snapshot(share, count=5))
    for _ in range(2):
        receipt = await accepted(play, snapshot(share, count=9))
        assert (receipt["new"], receipt["duplicates"], receipt["conflicts"]) == (0, 1, 1)
    both = await accepted(play, snapshot(share, "comment", 1), snapshot(share, "comment", 2))
    assert (both["new"], both["duplicates"], both["conflicts"]) == (1, 1, 1)
    assert await shown(play, share) == {"reaction": 5, "comment": 1}
    rows = await play.running.rows(
        "SELECT kind, count FROM reading_conflict WHERE share_id = :s ORDER BY kind", s=share.share_id
    )
    assert [(row["kind"], row["count"]) for row in rows] == [("comment", 2), ("reaction", 9)]


async def test_an_estimate_is_kept_apart_and_never_told(play: Play) -> None:
    share = await play.publishes()
    await accepted(
        play,
        snapshot(share, count=900, provenance="estimated", read_at=at(days=2)),
        snapshot(share, count=40),
        snapshot(share, "reach", 3000, provenance="estimated"),
    )
    assert await shown(play, share) == {"reaction": 40}
    assert await shown(play, share, "estimated") == {"reaction": 900, "reach": 3000}
    assert [one.provenance for one in await play.reported()] == ["measured"]


async def test_views_reach_and_follows_are_shown_and_not_told(play: Play) -> None:
    share = await play.publishes()
    kinds = ("reaction", "comment", "reshare", "mention", "click", "follow", "impression", "reach")
    await accepted(play, *(snapshot(share, kind) for kind in kinds))
    assert set(await shown(play, share)) == set(kinds)
    assert {one.kind for one in await play.reported()} == {"reaction", "comment", "reshare", "mention", "click"}


async def test_what_an_unknown_share_drew_waits_for_it(play: Play) -> None:
    share_id, url = new_id(), f"https://example.org/posts/{new_id()}"
    item = {**snapshot(await play.publishes()), "share_id": str(share_id)}
    named = {**item, "share_id": None, "post_url": url, "kind": "comment"}
    receipt = await accepted(play, item, named)
    assert (receipt["new"], receipt["quarantined"]) == (0, 2)
    waiting = await play.waiting()
    assert [(one["kind"], one["reason"], one["door"]) for one in waiting] == [
        ("count", "unknown-share", "snapshots")
    ] * 2
    again = await accepted(play, item)
    assert (again["duplicates"], again["quarantined"]) == (1, 0)
    await play.publishes(share_id=share_id, post_url=url)
    await play.running.settled()
    assert sorted(one.kind for one in await play.reported()) == ["comment", "reaction"]
    answer = await play.running.caller("service").get(f"/receipts/{receipt['receipt_id']}")
    assert (answer.json()["new"], answer.json()["quarantined"]) == (2, 0)
    assert await play.waiting(state="open") == []


async def test_counts_that_cannot_be_are_quarantined_with_their_reason(play: Play, engagement: Running) -> None:
    share = await play.publishes()
    await play.publishes(post_url="https://example.org/twice")
    await play.publishes(post_url="https://example.org/twice")
    foreign = await Play(engagement).publishes()
    early = (PUBLISHED - timedelta(days=1, seconds=1)).isoformat()
    twice = {**snapshot(share), "share_id": None, "post_url": "https://example.org/twice"}
    await accepted(play, snapshot(share, read_at=early), twice, snapshot(foreign))
    assert await play.reported() == []
    reasons = sorted(one["reason"] for one in await play.waiting())
    assert reasons == ["impossible-time", "several-shares", "unknown-share"]


async def test_counts_of_one_kind_waiting_twice_are_one_reading(play: Play) -> None:
    share_id = new_id()
    item = {**snapshot(await play.publishes()), "share_id": str(share_id)}
    await accepted(play, item, {**item, "count": 6})
    share = await play.publishes(share_id=share_id)
    await play.running.settled()
    assert len(await play.reported()) == 1
    assert await shown(play, share) in ({"reaction": 5}, {"reaction": 6})


async def test_readings_in_any_order_and_twice_tell_the_same(engagement: Running) -> None:
    seed = random.Random(11)
    results = []
    share_id = new_id()
    items: list[dict[str, Any]] = []
    for order in range(3):
        play = Play(engagement)
        share = await play.publishes(share_id=new_id() if order else share_id)
        if not items:
            items = [
                snapshot(share, kind, seed.randrange(100), read_at=at(hours=hours))
                for hours in range(1, 30)
                for kind in ("reaction", "comment")
            ]
        mine = [{**item, "share_id": str(share.share_id)} for item in items * 2]
        seed.shuffle(mine)
        for start in range(0, len(mine), 40):
            await accepted(play, *mine[start : start + 40])
        results.append(await shown(play, share))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"share_id": "no uuid"}, "share_id"),
        ({"share_id": None}, "share_id"),
        ({"post_url": "https://example.org/1"}, "share_id"),
        ({"share_id": None, "post_url": ""}, "post_url"),
        ({"share_id": None, "post_url": "nul\x00"}, "post_url"),
        ({"kind": "applause"}, "kind"),
        ({"kind": "reply"}, "kind"),
        ({"count": -1}, "count"),
        ({"count": 100_000_001}, "count"),
        ({"count": 1.5}, "count"),
        ({"count": "7"}, "count"),
        ({"count": True}, "count"),
        ({"read_at": "2026-11-18T09:30:00"}, "read_at"),
        ({"read_at": 1_700_000_000}, "read_at"),
        ({"read_at": "0001-01-01T00:00:00+14:00"}, "read_at"),
        ({"read_at": (NOW + timedelta(hours=1)).isoformat()}, "read_at"),
        ({"provenance": "guessed"}, "provenance"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_bad_item_is_named_and_does_not_hold_up_the_others(
    play: Play, fault: dict[str, Any], field: str
) -> None:
    share = await play.publishes()
    answer = await post(play, snapshot(share), {**snapshot(share), **fault}, snapshot(share, "comment"))
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 2, 1)
    (rejected,) = answer.json()["rejected"]
    assert rejected["index"] == 1
    assert field in {error["field"] for error in rejected["errors"]}
    assert len(await play.reported()) == 2


async def test_when_nothing_is_valid_the_problem_names_each_fault(play: Play) -> None:
    share = await play.publishes()
    answer = await post(play, snapshot(share, "applause"), 7)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:timbre:problem:nothing-accepted")
    assert answer.json()["errors"][0]["field"] == "body[0].kind"
    assert await play.reported() == []


@pytest.mark.parametrize(
    ("raw", "status", "slug"),
    [
        (b"[", 400, "malformed-body"),
        (b'["\xff"]', 400, "malformed-body"),
        (b"[]", 422, "invalid-request"),
        (b"{}", 422, "invalid-request"),
        (b"[" + b"1," * 1000 + b"1]", 422, "invalid-request"),
        (b"[" + b" " * 1_048_576 + b"1]", 413, "body-too-large"),
    ],
)
async def test_an_unreadable_body_is_refused(play: Play, raw: bytes, status: int, slug: str) -> None:
    answer = await play.running.caller("service").call(
        "POST",
        "/snapshots",
        params={"programme_id": str(play.programme_id)},
        content=raw,
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}")


async def test_only_a_sender_of_the_programme_may_send(play: Play) -> None:
    share = await play.publishes()
    params = {"programme_id": str(play.programme_id)}
    foreign = play.running.caller("service", programmes=[new_id()])
    refused = await foreign.call("POST", "/snapshots", params=params, json=[snapshot(share)])
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:timbre:problem:foreign-programme")
    reader = await play.running.caller("analyst").call("POST", "/snapshots", params=params, json=[snapshot(share)])
    assert (reader.status_code, reader.json()["type"]) == (403, "urn:timbre:problem:missing-scope")
    text = await play.running.caller("service").call("POST", "/snapshots", params=params, content=b"x")
    assert (text.status_code, text.json()["type"]) == (415, "urn:timbre:problem:unsupported-media-type")
