import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.events.content import CampaignCreated, ItemPublished, ProgrammeCreated
from tests.integration.content.scene import CAMPAIGN, PROGRAMME
from tests.support.harness import Caller, Running

ITEM = {
    "title": "A day in the workshop",
    "url": "https://example.org/workshop",
    "captions": [
        {"network": "linkedin", "language": "en", "text": "Our workshop opens its doors on Friday."},
        {"language": "fr", "text": "Notre atelier ouvre ses portes vendredi."},
    ],
}


async def created(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.post(path, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture
async def programme(content: Running) -> dict[str, Any]:
    return await created(content.caller("admin"), "/programmes", PROGRAMME)


@pytest.fixture
async def campaign(content: Running, programme: dict[str, Any]) -> dict[str, Any]:
    return await created(content.caller("manager"), f"/programmes/{programme['id']}/campaigns", CAMPAIGN)


@pytest.fixture
async def draft(content: Running, campaign: dict[str, Any]) -> dict[str, Any]:
    return await created(content.caller("manager"), f"/campaigns/{campaign['id']}/items", ITEM)


async def test_a_programme_a_campaign_and_an_item_are_told_once_each(content: Running, draft: dict[str, Any]) -> None:
    published = await content.caller("manager").post(f"/items/{draft['id']}:publish")
    assert published.status_code == 200
    events = [e for e in await content.told(ItemPublished) if str(e.item_id) == draft["id"]]
    assert [caption.text for caption in events[0].captions] == [c["text"] for c in ITEM["captions"]]  # type: ignore[index] # a literal
    assert len(events) == 1
    assert draft["programme_id"] in {str(e.programme_id) for e in await content.told(ProgrammeCreated)}
    assert draft["campaign_id"] in {str(e.campaign_id) for e in await content.told(CampaignCreated)}


async def test_an_item_is_published_once(content: Running, draft: dict[str, Any]) -> None:
    manager = content.caller("manager")
    await manager.post(f"/items/{draft['id']}:publish")
    again = await manager.post(f"/items/{draft['id']}:publish")
    assert again.status_code == 409
    assert again.json()["type"] == "urn:timbre:problem:item-already-published"


async def test_of_several_who_publish_at_once_one_does(content: Running, draft: dict[str, Any]) -> None:
    manager = content.caller("manager")
    answers = await asyncio.gather(*(manager.post(f"/items/{draft['id']}:publish") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert len([e for e in await content.told(ItemPublished) if str(e.item_id) == draft["id"]]) == 1


async def test_an_ambassador_sees_no_draft_and_does_see_the_feed(content: Running, draft: dict[str, Any]) -> None:
    ambassador = content.caller("ambassador", programmes=[UUID(draft["programme_id"])])
    assert (await ambassador.get(f"/items/{draft['id']}")).status_code == 404
    await content.caller("manager").post(f"/items/{draft['id']}:publish")
    feed = (await ambassador.get(f"/programmes/{draft['programme_id']}/items")).json()
    assert [item["id"] for item in feed["items"]] == [draft["id"]]
    assert feed["next"] is None


async def test_the_feed_pages_newest_first(content: Running, campaign: dict[str, Any]) -> None:
    manager = content.caller("manager")
    made = []
    for _ in range(5):
        item = await created(manager, f"/campaigns/{campaign['id']}/items", ITEM)
        await manager.post(f"/items/{item['id']}:publish")
        made.append(item["id"])
    seen, cursor = [], ""
    while True:
        page = (await manager.get(f"/programmes/{campaign['programme_id']}/items?limit=2{cursor}")).json()
        seen += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == made[::-1]


async def test_a_forged_cursor_is_refused(content: Running, campaign: dict[str, Any]) -> None:
    manager = content.caller("manager")
    for path in (
        "/programmes",
        f"/programmes/{campaign['programme_id']}/campaigns",
        f"/programmes/{campaign['programme_id']}/items",
    ):
        for forged in ("x", "W10", "WyJ4Il0", "WyJ4IiwieCJd"):
            answer = await manager.get(path, params={"cursor": forged})
            assert (answer.status_code, answer.json()["type"]) == (422, "urn:timbre:problem:invalid-cursor")


async def test_the_same_idempotency_key_creates_one_programme(content: Running) -> None:
    admin = content.caller("admin")
    first = await admin.post("/programmes", PROGRAMME, headers={"Idempotency-Key": "once"})
    again = await admin.post("/programmes", PROGRAMME, headers={"Idempotency-Key": "once"})
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await admin.post("/programmes", {**PROGRAMME, "name": "Other"}, headers={"Idempotency-Key": "once"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:timbre:problem:idempotency-conflict")


async def test_a_token_of_another_programme_is_refused(content: Running, draft: dict[str, Any]) -> None:
    foreign = content.caller("manager", programmes=[UUID(int=7)])
    for answer in (
        await foreign.get(f"/programmes/{draft['programme_id']}"),
        await foreign.post(f"/programmes/{draft['programme_id']}/campaigns", CAMPAIGN),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:foreign-programme")
    for answer in (
        await foreign.get(f"/campaigns/{draft['campaign_id']}"),
        await foreign.get(f"/items/{draft['id']}"),
        await foreign.post(f"/items/{draft['id']}:publish"),
        await foreign.post(f"/campaigns/{draft['campaign_id']}/items", ITEM),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**PROGRAMME, "time_zone": "Mars/Olympus"}, "time_zone"),
        ({**PROGRAMME, "name": "  "}, "name"),
        ({**PROGRAMME, "colour": "red"}, "colour"),
        ({**PROGRAMME, "name": "null \0 byte"}, "name"),
        ({**PROGRAMME, "charter_text": "null \0 byte"}, "charter_text"),
        ({k: v for k, v in PROGRAMME.items() if k != "first_day"}, "first_day"),
    ],
)
async def test_a_bad_programme_names_the_field(content: Running, body: dict[str, Any], field: str) -> None:
    answer = await content.caller("admin").post("/programmes", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_bad_caption_is_named_by_its_place(content: Running, campaign: dict[str, Any]) -> None:
    body = {**ITEM, "captions": [ITEM["captions"][0], {"language": "english", "text": ""}]}
    answer = await content.caller("manager").post(f"/campaigns/{campaign['id']}/items", body)
    assert {error["field"] for error in answer.json()["errors"]} == {"captions[1].language", "captions[1].text"}


@pytest.mark.parametrize(
    ("raw", "status", "slug"),
    [
        (b'{"name": "\xff\xfe"}', 400, "malformed-body"),
        (b'{"name": ', 400, "malformed-body"),
        (b'"' + b"x" * 1_100_000 + b'"', 413, "body-too-large"),
    ],
)
async def test_an_unreadable_body_is_refused(content: Running, raw: bytes, status: int, slug: str) -> None:
    answer = await content.caller("admin").post(
        "/programmes", content=raw, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}")


async def test_who_has_no_token_or_not_the_scope_stays_outside(content: Running) -> None:
    nobody = await content.stranger().post("/programmes", PROGRAMME)
    assert (nobody.status_code, nobody.json()["type"]) == (401, "urn:timbre:problem:missing-token")
    manager = await content.caller("manager").post("/programmes", PROGRAMME)
    assert (manager.status_code, manager.json()["type"]) == (403, "urn:timbre:problem:missing-scope")


async def test_health_and_metrics_answer(content: Running) -> None:
    stranger = content.stranger()
    assert (await stranger.get("/livez")).status_code == 200
    assert (await stranger.get("/readyz")).json() == {"checked": ["database", "broker"]}
    await content.settled()
    page = (await stranger.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/livez",service="content",status="200"}' in page
    assert 'outbox_pending_rows{service="content"} 0.0' in page
