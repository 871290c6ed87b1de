"""Tracked links: made before the post, bound to its share, disabled for good."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.storage.valkey import Valkey, open_valkey
from services.sharing.links.domain.shown import READY, link_key
from tests.integration.sharing.scene import OWN, Member, Scene
from tests.integration.sharing.tracking import ITEM_URL, allow, linked_item, make, posted, wanted
from tests.support.answers import done, refusal
from tests.support.eventually import eventually
from tests.support.harness import Stage


async def shown(stage: Stage, link: dict[str, Any]) -> bytes | None:
    """What a reader in Valkey finds under the link's code."""
    async with open_valkey(stage.servers.valkey.url) as valkey:
        found: Any = await valkey.get(link_key(code_of(link)))  # bytes, but typed for other settings too
        return found if found is None else bytes(found)


def code_of(link: dict[str, Any]) -> str:
    return str(link["url"]).rpartition("/")[2]


async def test_a_link_leads_to_the_item_and_can_be_followed_at_once(scene: Scene, stage: Stage) -> None:
    member, item_id = await scene.member(), await linked_item(scene)
    link = await make(member, item_id=str(item_id))
    assert link["url"].startswith("https://go.example.org/l/")
    assert (link["target"], link["item_id"], link["ambassador_id"]) == (ITEM_URL, str(item_id), str(member.id))
    assert (link["share_id"], link["disabled_at"]) == (None, None)
    value = await shown(stage, link)
    assert value is not None
    assert value[4:] == UUID(link["id"]).bytes + ITEM_URL.encode()
    assert done(await member.caller.get(f"/links/{link['id']}"), 200) == link


async def test_asking_again_gives_the_same_link_until_it_is_in_a_share(scene: Scene) -> None:
    member, item_id = await scene.member(), str(await linked_item(scene))
    answers = await asyncio.gather(*(make(member, item_id=item_id) for _ in range(5)))
    assert len({link["id"] for link in answers}) == 1
    elsewhere = await make(member, item_id=item_id, network="x")
    colleague = await make(await scene.member(), item_id=item_id)
    assert len({answers[0]["id"], elsewhere["id"], colleague["id"]}) == 3
    await posted(member, answers[0], scene)
    assert (await make(member, item_id=item_id))["id"] != answers[0]["id"]


async def test_a_key_makes_one_link_of_two_requests(scene: Scene) -> None:
    member, item_id = await scene.member(), str(await linked_item(scene))
    key = {"Idempotency-Key": str(new_id())}
    first, second = [await member.caller.post("/links", wanted(member, item_id=item_id), headers=key) for _ in "ab"]
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_what_a_programme_adds_tells_its_site_where_visitors_come_from(scene: Scene) -> None:
    member, item_id = await scene.member(), str(await linked_item(scene, f"{ITEM_URL}?a=1#there"))
    utm = {"source": "{network}", "medium": "social", "campaign": "open day"}
    await allow(scene, utm=utm)
    link = await make(member, item_id=item_id)
    assert link["target"] == f"{ITEM_URL}?a=1&utm_source=linkedin&utm_medium=social&utm_campaign=open+day#there"


async def test_who_may_say_where_links_lead(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/link-settings"
    member = await scene.member()
    nothing = {"hosts": [], "plain_http": False, "utm": {"source": None, "medium": None, "campaign": None}}
    assert done(await member.caller.get(path), 200) == nothing
    settings = await allow(scene, "Careers.Lumen.example", "*.lumen.example", "careers.lumen.example")
    assert settings["hosts"] == ["*.lumen.example", "careers.lumen.example"]
    assert done(await member.caller.get(path), 200) == settings
    assert refusal(await member.caller.put(path, {"hosts": []}))[:2] == (403, "missing-scope")
    stranger = scene.sharing.caller("manager", programmes=[new_id()])
    assert refusal(await stranger.put(path, {"hosts": []}))[:2] == (403, "foreign-programme")
    refused = await scene.manager().put(path, {"hosts": ["good.example", "https://evil.example/x"]})
    assert refusal(refused) == (422, "target-not-allowed", ["hosts[1]"])


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://lumen.example/",
        "https://careers.lumen.example@evil.example/",
        "https://careers.lumen.example.evil.example/",
        "https://evil.example\\.careers.lumen.example/",
        "https://careers.lumen.example:8443/",
        "http://careers.lumen.example/",
        "javascript:alert(1)//careers.lumen.example",
        "//careers.lumen.example/",
        "https://cаreers.lumen.example/",
    ],
)
async def test_nobody_can_make_a_link_to_somewhere_else(scene: Scene, url: str) -> None:
    member = await scene.member()
    await allow(scene, "careers.lumen.example")
    answer = await member.caller.post("/links", wanted(member, url=url))
    assert refusal(answer) == (422, "target-not-allowed", ["url"])


async def test_line_breaks_never_come_as_far_as_a_target(scene: Scene) -> None:
    member = await scene.member()
    await allow(scene, "careers.lumen.example")
    url = "https://careers.lumen.example/\r\nSet-Cookie: a=b"
    assert (await member.caller.post("/links", wanted(member, url=url))).status_code == 422


async def test_an_ambassador_may_link_to_what_the_programme_allows(scene: Scene) -> None:
    member = await scene.member()
    await allow(scene, "careers.lumen.example")
    link = await make(member, url="https://CAREERS.lumen.example/jobs?id=7")
    assert (link["target"], link["item_id"]) == ("https://careers.lumen.example/jobs?id=7", None)


async def test_plain_http_must_be_allowed(scene: Scene) -> None:
    member, item_id = await scene.member(), str(await linked_item(scene, "http://www.lumen.example/"))
    answer = await member.caller.post("/links", wanted(member, item_id=item_id))
    assert refusal(answer) == (422, "target-not-allowed", ["item_id"])
    await allow(scene, plain_http=True)
    assert (await make(member, item_id=item_id))["target"] == "http://www.lumen.example/"


async def test_without_an_address_there_is_nowhere_to_lead(scene: Scene) -> None:
    member, bare = await scene.member(), str(await linked_item(scene, None))
    for body in (wanted(member), wanted(member, item_id=bare)):
        assert refusal(await member.caller.post("/links", body)) == (422, "target-not-allowed", ["url"])
    unknown = await member.caller.post("/links", wanted(member, item_id=str(new_id())))
    assert refusal(unknown) == (422, "unknown-item", ["item_id"])


async def test_a_link_is_bound_with_its_share_or_later(scene: Scene) -> None:
    member, item_id = await scene.member(), str(await linked_item(scene))
    link = await make(member, item_id=item_id)
    share = await posted(member, link, scene)
    assert done(await member.caller.get(f"/links/{link['id']}"), 200)["share_id"] == share["id"]
    other = await make(member, item_id=item_id)
    later = await member.share(OWN, item_id=item_id)
    bound = done(await member.caller.put(f"/shares/{later['id']}/links/{other['id']}"), 200)
    assert bound["share_id"] == later["id"]
    assert done(await member.caller.put(f"/shares/{later['id']}/links/{other['id']}"), 200) == bound


async def test_a_link_that_does_not_fit_is_not_bound(scene: Scene) -> None:
    member, colleague = await scene.member(), await scene.member()
    item_id = str(await linked_item(scene))
    theirs = await make(colleague, item_id=item_id)
    mine = await make(member, item_id=item_id)
    await member.consent("x")
    refused = (409, "link-not-fitting", ["link_id"])
    assert refusal(await member.try_share(item_id=item_id, link_id=theirs["id"])) == refused
    assert refusal(await member.try_share(item_id=item_id, link_id=mine["id"], network="x")) == refused
    assert refusal(await member.try_share(item_id=str(scene.item_id), link_id=mine["id"])) == refused
    unknown = await member.try_share(item_id=item_id, link_id=str(new_id()))
    assert refusal(unknown)[:2] == (404, "link-not-found")
    assert done(await member.caller.get(f"/ambassadors/{member.id}/shares"), 200)["items"] == []
    share = await posted(member, mine, scene)
    again = await member.try_share("Something else entirely", item_id=item_id, link_id=mine["id"])
    assert refusal(again) == refused
    second = await make(member, item_id=item_id)
    assert refusal(await member.caller.put(f"/shares/{share['id']}/links/{second['id']}")) == refused
    assert refusal(await colleague.caller.put(f"/shares/{share['id']}/links/{theirs['id']}"))[:2] == (403, "not-yours")


async def test_links_are_private_to_their_author_and_to_who_may_read_all(scene: Scene) -> None:
    member, colleague = await scene.member(), await scene.member()
    link = await make(member, item_id=str(await linked_item(scene)))
    unknown = (404, "link-not-found")
    for path, told in (
        (f"/links/{link['id']}", unknown),
        (f"/links/{link['id']}/clicks", unknown),
        (f"/ambassadors/{member.id}/links", (404, "ambassador-not-found")),
    ):
        assert (await member.caller.get(path)).status_code == 200
        assert (await scene.manager().get(path)).status_code == 200
        assert refusal(await colleague.caller.get(path))[:2] == (403, "not-yours")
        foreign = scene.sharing.caller("manager", programmes=[new_id()])
        assert refusal(await foreign.get(path))[:2] == told
    assert refusal(await colleague.caller.post(f"/links/{link['id']}:disable"))[:2] == (403, "not-yours")


async def test_links_are_listed_latest_first_in_pages(scene: Scene) -> None:
    member = await scene.member()
    made = [await make(member, item_id=str(await linked_item(scene))) for _ in range(3)]
    path = f"/ambassadors/{member.id}/links"
    first = done(await member.caller.get(path, params={"limit": 2}), 200)
    rest = done(await member.caller.get(path, params={"limit": 2, "cursor": first["next"]}), 200)
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in made[::-1]]
    assert rest["next"] is None


@pytest.mark.parametrize("by", ["author", "manager"])
async def test_a_disabled_link_leads_nowhere_for_good(scene: Scene, stage: Stage, by: str) -> None:
    member = await scene.member()
    link = await make(member, item_id=str(await linked_item(scene)))
    caller = member.caller if by == "author" else scene.manager()
    disabled = done(await caller.post(f"/links/{link['id']}:disable"), 200)
    assert disabled["disabled_at"] is not None
    assert done(await caller.post(f"/links/{link['id']}:disable"), 200) == disabled
    value = await shown(stage, link)
    assert value is not None
    assert value[4:] == UUID(link["id"]).bytes
    assert (await make(member, item_id=link["item_id"]))["id"] != link["id"]


async def test_a_late_write_does_not_bring_a_disabled_link_back(scene: Scene, stage: Stage) -> None:
    member = await scene.member()
    link = await make(member, item_id=str(await linked_item(scene)))
    live = await shown(stage, link)
    done(await member.caller.post(f"/links/{link['id']}:disable"), 200)
    gone = await shown(stage, link)
    projection = scene.sharing.app.state.links.keeper._projection
    async with open_valkey(stage.servers.valkey.url) as valkey:
        await projection._show(keys=[link_key(code_of(link))], args=[live])
        assert await valkey.get(link_key(code_of(link))) == gone


async def filled(valkey: Valkey) -> bool:
    return bool(await valkey.get(READY) == b"1")


async def test_links_come_back_after_a_flush_and_nobody_is_told_meanwhile_that_they_are_none(
    scene: Scene, stage: Stage
) -> None:
    member = await scene.member()
    live = await make(member, item_id=str(await linked_item(scene)))
    gone = await make(member, item_id=str(await linked_item(scene)))
    done(await member.caller.post(f"/links/{gone['id']}:disable"), 200)
    async with open_valkey(stage.servers.valkey.url) as valkey:
        await eventually(lambda: filled(valkey))
        before = [await valkey.get(link_key(code_of(one))) for one in (live, gone)]
        await valkey.flushall()

        async def whole_again() -> bool:
            ready, *values = await valkey.mget(READY, *(link_key(code_of(one)) for one in (live, gone)))
            assert ready is None or values == before, "whole was said before it was so"
            return ready is not None

        await eventually(whole_again)


async def test_a_filling_that_a_flush_has_met_is_not_taken_for_whole(scene: Scene, stage: Stage) -> None:
    projection = scene.sharing.app.state.links.keeper._projection
    async with open_valkey(stage.servers.valkey.url) as valkey:
        mark = await projection.begin()
        await valkey.flushall()
        assert not await projection.finish(mark)
        await eventually(lambda: filled(valkey))


async def test_a_link_that_valkey_did_not_hear_of_is_shown_later(scene: Scene, stage: Stage) -> None:
    member = await scene.member()
    link = await make(member, item_id=str(await linked_item(scene)))
    async with open_valkey(stage.servers.valkey.url) as valkey:
        await eventually(lambda: filled(valkey))
        await valkey.delete(link_key(code_of(link)))
        await scene.sharing.rows("UPDATE link SET shown = 0 WHERE id = :id RETURNING id", id=UUID(link["id"]))

        async def there() -> bool:
            return await valkey.get(link_key(code_of(link))) is not None

        await eventually(there)


async def test_where_an_author_is_is_noted_by_key_and_nothing_else_is(scene: Scene) -> None:
    member, colleague = await scene.member(), await scene.member()
    header = {"X-Timbre-Visitor": f"{'a' * 32} {'b' * 32} {'c' * 32}"}
    link = await make(member, item_id=str(await linked_item(scene)), headers=header)
    await member.caller.get(f"/links/{link['id']}", headers={"X-Timbre-Visitor": f"{'d' * 32} <script>"})
    await scene.manager().get(f"/links/{link['id']}", headers={"X-Timbre-Visitor": "e" * 32})
    await colleague.caller.get(f"/links/{link['id']}", headers={"X-Timbre-Visitor": "f" * 32})
    assert await visitors_of(scene, member) == {"a" * 32, "b" * 32, "d" * 32}
    assert await visitors_of(scene, colleague) == set()


async def visitors_of(scene: Scene, member: Member) -> set[str]:
    rows = await scene.sharing.rows("SELECT visitor FROM author_visitor WHERE ambassador_id = :id", id=member.id)
    return {row["visitor"] for row in rows}
