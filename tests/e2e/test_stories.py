from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.addresses import running_addresses
from deploy.local.verify import verify
from libs.clock import SystemClock
from libs.storage.valkey import open_valkey
from tests.support.eventually import eventually
from tests.support.people import CAPTIONS, OWN, Programme, done, enrol, make_programme
from tests.support.stack import RunningStack

CROWD = [("reaction", f"person {n}") for n in range(8)] + [("comment", f"friend {n}") for n in range(3)]


@pytest.fixture(scope="module")
async def programme(stack: RunningStack) -> Programme:
    return await make_programme(stack)


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


async def test_own_words_are_worth_many_times_a_copy_that_draws_the_same(programme: Programme) -> None:
    anna, paul = await enrol(programme, "Anna"), await enrol(programme, "Paul")
    for who, text in ((anna, OWN), (paul, CAPTIONS[0]["text"])):
        share = await who.share(text, at=hours_ago(30))
        await programme.interact(share["id"], *CROWD, at=hours_ago(20))
    await programme.shows("Paul", above=3)
    await programme.shows("Anna", above=15)
    board = await programme.board(anna.caller)
    assert board["Anna"] > 4.5 * board["Paul"]


async def test_every_point_is_explained_to_the_person_and_to_nobody_else(programme: Programme) -> None:
    anna, paul = await enrol(programme, "Berta"), await enrol(programme, "Emil")
    share = await anna.share(OWN.replace("Marie", "Irène"), at=hours_ago(30))
    await programme.interact(share["id"], *CROWD, at=hours_ago(20))
    await programme.shows("Berta", above=5)
    points = done(await anna.caller.get(f"/v1/ambassadors/{anna.id}/points"))
    line = points["entries"]["items"][0]
    assert "8 reactions, 3 comments" in line["sentence"]
    assert {"E", "A", "V", "F_pers", "F_parrot"} <= set(line["factors"])
    assert sum(entry["points"] for entry in points["entries"]["items"]) == pytest.approx(
        next(balance["points"] for balance in points["balances"] if balance["period"] == "all")
    )
    refused = await paul.caller.get(f"/v1/ambassadors/{anna.id}/points")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:timbre:problem:not-yours")


async def test_the_preview_shows_what_is_copied_before_anything_is_posted(programme: Programme) -> None:
    clara = await enrol(programme, "Clara")
    caption = CAPTIONS[0]["text"]
    body = {
        "programme_id": str(programme.id),
        "item_id": str(programme.item_id),
        "network": "linkedin",
        "text": f"I was there when it was lit for the first time. {caption}",
    }
    found = done(await clara.caller.post("/v1/shares:preview", body))
    assert 0 < found["originality"] < 0.5
    copied = [found["text"][passage["start"] : passage["end"]] for passage in found["passages"]]
    assert copied == [caption.rstrip(".")]


async def test_the_same_batch_twice_changes_nothing(programme: Programme) -> None:
    dora = await enrol(programme, "Dora")
    share = await dora.share(OWN.replace("Marie", "Louise"), at=hours_ago(30))
    await programme.interact(share["id"], *CROWD, at=hours_ago(20))
    await programme.shows("Dora", above=2)
    before = await programme.board(dora.caller)
    again = await programme.interact(share["id"], *CROWD, at=hours_ago(20))
    await applied(programme, again["receipt_id"])
    assert await verify(programme.stack.stack.folder.root, SystemClock()) == 0
    assert (await programme.board(dora.caller))["Dora"] == before["Dora"]


async def applied(programme: Programme, receipt_id: str) -> None:
    async def is_applied() -> bool:
        found = done(await programme.machine().get(f"/v1/receipts/{receipt_id}"))
        return bool(found["status"] == "applied")

    await eventually(is_applied)


async def test_a_board_heals_from_a_flush_and_never_lies_meanwhile(programme: Programme) -> None:
    edith = await enrol(programme, "Edith")
    await edith.share(OWN.replace("Marie", "Odile"), at=hours_ago(30))
    await programme.shows("Edith")
    before = await programme.board(edith.caller)
    url = running_addresses(programme.stack.stack.folder.root).valkey
    assert url
    async with open_valkey(url) as valkey:
        await valkey.flushall()
    seen: set[int] = set()

    async def healed() -> bool:
        answer = await edith.caller.get(f"/v1/boards/{programme.board_id}", params={"limit": 100})
        seen.add(answer.status_code)
        return answer.status_code == 200

    await eventually(healed)
    assert seen <= {200, 503}
    assert await programme.board(edith.caller) == before


async def test_around_shows_the_places_beside_oneself(programme: Programme) -> None:
    fanny = await enrol(programme, "Fanny")
    await fanny.share(OWN.replace("Marie", "Fanny"), at=hours_ago(30))
    await programme.shows("Fanny")
    around = done(await fanny.caller.get(f"/v1/boards/{programme.board_id}/around/{fanny.id}", params={"size": 3}))
    assert fanny.id in [row["ambassador_id"] for row in around["items"]]
    assert len(around["items"]) == min(3, around["total"])
    ranks = [row["rank"] for row in around["items"]]
    assert ranks == list(range(ranks[0], ranks[0] + len(ranks)))


async def test_one_request_id_goes_from_the_gateway_to_the_service(programme: Programme) -> None:
    answer = await programme.manager().get(f"/v1/items/{programme.item_id}", headers={"X-Request-Id": "story-0001"})
    assert answer.headers["x-request-id"] == "story-0001"
    log = programme.stack.stack.folder.log("content").read_text()
    assert any('"request_id": "story-0001"' in line for line in log.splitlines())


async def test_the_aggregated_document_describes_the_public_paths(programme: Programme) -> None:
    document: dict[str, Any] = done(await programme.stack.stranger().get("/openapi.json"))
    assert {"/v1/shares:preview", "/v1/interactions", "/v1/boards/{board_id}"} <= set(document["paths"])
