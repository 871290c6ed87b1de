from datetime import timedelta
from typing import Any

import pytest

from libs.clock import new_id
from tests.integration.engagement.play import NOW, Play, interaction

LATER = (NOW + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"share_id": "no uuid"}, "share_id"),
        ({"share_id": None}, "share_id"),
        ({"post_url": "https://example.org/1"}, "share_id"),
        ({"share_id": None, "post_url": "https://example.org/\x00"}, "post_url"),
        ({"kind": "applause"}, "kind"),
        ({"source": ""}, "source"),
        ({"source": "x" * 65}, "source"),
        ({"source": "nul\x00"}, "source"),
        ({"external_id": "x" * 257}, "external_id"),
        ({"external_id": 7}, "external_id"),
        ({"person": None}, "person"),
        ({"person": " @ "}, "person"),
        ({"answers": "urn:1"}, "answers"),
        ({"text": "words of another person"}, "text"),
        ({"kind": "reply"}, "answers"),
        ({"occurred_at": "2026-11-18T09:30:00"}, "occurred_at"),
        ({"occurred_at": 1_700_000_000}, "occurred_at"),
        ({"occurred_at": "1700000000"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at"),
        ({"occurred_at": LATER}, "occurred_at"),
        ({"provenance": "estimated"}, "provenance"),
        ({"goal": "lead"}, "goal"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_bad_item_is_named_and_does_not_hold_up_the_others(
    play: Play, fault: dict[str, Any], field: str
) -> None:
    share = await play.publishes()
    good = [interaction(share), interaction(share)]
    answer = await play.posts(good[0], {**interaction(share), **fault}, good[1])
    assert answer.status_code == 202
    body = answer.json()
    assert body["accepted"] == 2
    assert ([rejected["index"] for rejected in body["rejected"]], body["refused"]) == ([1], 1)
    assert field in {error["field"] for error in body["rejected"][0]["errors"]}
    assert len(await play.recorded()) == 2


async def test_items_that_are_no_objects_are_refused_one_by_one(play: Play) -> None:
    share = await play.publishes()
    answer = await play.posts(7, None, [], "text", interaction(share))
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [0, 1, 2, 3]


async def test_when_nothing_is_valid_the_problem_names_each_fault(play: Play) -> None:
    share = await play.publishes()
    answer = await play.posts(interaction(share, kind="applause"), interaction(share, occurred_at=LATER))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:timbre:problem:nothing-accepted")
    assert [error["field"] for error in answer.json()["errors"]] == [
        "interactions[0].kind",
        "interactions[1].occurred_at",
    ]
    assert await play.recorded() == []


async def test_a_share_without_a_person_is_sent_to_snapshots(play: Play) -> None:
    answer = await play.posts(interaction(await play.publishes(), person=None))
    assert answer.json()["errors"][0]["reason"] == "use snapshots or imports for counts without people"


@pytest.mark.parametrize(
    ("raw", "status", "slug"),
    [
        (b'{"interactions": [', 400, "malformed-body"),
        (b'{"interactions": ["\xff"]}', 400, "malformed-body"),
        (b'{"interactions": ["\\ud800"]}', 400, "malformed-body"),
        (b"[" * 100_000, 400, "malformed-body"),
        (b'{"interactions": [NaN]}', 400, "malformed-body"),
        (b"", 400, "malformed-body"),
        (b"[]", 422, "invalid-request"),
        (b"7", 422, "invalid-request"),
        (b"{}", 422, "invalid-request"),
        (b'{"interactions": {}}', 422, "invalid-request"),
        (b'{"interactions": []}', 422, "invalid-request"),
        (b'{"interactions": [' + b"1," * 1000 + b"1]}", 422, "invalid-request"),
        (b'{"interactions": ["' + b"x" * 2_097_152 + b'"]}', 413, "body-too-large"),
    ],
)
async def test_an_unreadable_body_is_refused(play: Play, raw: bytes, status: int, slug: str) -> None:
    answer = await play.running.caller("service").post(
        f"/programmes/{play.programme_id}/interactions", content=raw, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}")


async def test_another_media_type_is_refused(play: Play) -> None:
    caller = play.running.caller("service")
    answer = await caller.post(
        f"/programmes/{play.programme_id}/interactions", content=b"{}", headers={"content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:timbre:problem:unsupported-media-type")


async def test_refusals_are_counted_by_class(play: Play) -> None:
    await play.posts({**interaction(new_id()), "share_id": None})
    page = (await play.running.stranger().get("/metrics")).text
    assert 'engagement_rejected_total{door="interactions",reason="share",service="engagement"}' in page
