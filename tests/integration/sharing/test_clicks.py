"""Visits that the gateway tells of, and the clicks that they are judged to be."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.envelope import seal
from libs.events.gateway import VisitsSeen
from services.sharing.clicks.keeper import ClickKeeper
from tests.integration.sharing.scene import Member, Scene
from tests.integration.sharing.tracking import clicks, linked_item, make, posted, see, visit
from tests.support.answers import done

OWN_KEY = "a" * 32


async def begin(scene: Scene) -> tuple[Member, dict[str, Any]]:
    """An ambassador and a link."""
    member = await scene.member()
    link = await make(member, item_id=str(await linked_item(scene)), headers={"X-Timbre-Visitor": OWN_KEY})
    return member, link


async def counted(member: Member, link: dict[str, Any]) -> dict[str, Any]:
    return done(await member.caller.get(f"/links/{link['id']}/clicks"), 200)


async def test_each_visit_is_told_once_with_its_verdict(scene: Scene) -> None:
    member, link = await begin(scene)
    share = await posted(member, link, scene)
    now, at_once = scene.clock.now(), scene.clock.now() - timedelta(minutes=59, seconds=55)
    visits = [
        visit(link, 1, at=now),
        visit(link, 2, at=now),
        visit(link, 3, at=now, prefetch=True),
        visit(link, 4, at=now, agent="none"),
        visit(link, 5, at=now, agent="crawler"),
        visit(link, 6, at=now, visitor=OWN_KEY),
        visit(link, 7, at=at_once),
        visit(link, 1, at=now + timedelta(hours=2)),
        *(visit(link, 100 + n, at=now, network="office") for n in range(7)),
    ]
    await see(scene, *visits)
    told = await clicks(scene)
    assert Counter(click.verdict for click in told) == {
        "valid": 7,
        "prefetch": 1,
        "no-agent": 1,
        "crawler": 1,
        "own-visit": 1,
        "preview": 1,
        "same-visitor": 1,
        "crowded": 2,
    }
    assert {click.click_id for click in told} == {one.visit_id for one in visits}
    assert {(str(click.share_id), click.ambassador_id) for click in told} == {(share["id"], member.id)}
    shown = await counted(member, link)
    assert (shown["valid"], shown["waiting"]) == (7, 0)
    assert [one["verdict"] for one in shown["rejected"]] == [
        "prefetch",
        "no-agent",
        "crawler",
        "own-visit",
        "preview",
        "same-visitor",
        "crowded",
    ]


async def test_an_event_heard_twice_and_a_visit_told_twice_count_once(scene: Scene) -> None:
    member, link = await begin(scene)
    await posted(member, link, scene)
    seen = VisitsSeen(visits=(visit(link, 1, at=scene.clock.now()),))
    envelope = seal(
        seen, id=str(new_id()), source="gateway", key="00", time=scene.clock.now(), correlation_id="test-request"
    )
    await scene.sharing.publish(envelope)
    await scene.sharing.publish(envelope)
    await scene.sharing.hear(seen)
    await scene.sharing.settled()
    assert [click.verdict for click in await clicks(scene)] == ["valid"]
    assert (await counted(member, link))["valid"] == 1


async def test_visits_wait_for_the_share_and_are_judged_by_when_it_was_published(scene: Scene) -> None:
    member, link = await begin(scene)
    now = scene.clock.now()
    await see(
        scene,
        visit(link, 1, at=now - timedelta(hours=2)),  # before the post
        visit(link, 2, at=now - timedelta(minutes=30)),
        visit(link, 2, at=now - timedelta(minutes=20)),
    )
    assert await clicks(scene) == []
    assert (await counted(member, link))["waiting"] == 3
    await posted(member, link, scene)
    assert [click.verdict for click in await clicks(scene)] == ["preview", "valid", "same-visitor"]
    await see(scene, visit(link, 3, at=now))
    assert [click.verdict for click in await clicks(scene)][3:] == ["valid"]


async def test_visits_are_judged_when_a_link_is_bound_to_a_share_of_before(scene: Scene) -> None:
    member, link = await begin(scene)
    at = scene.clock.now() - timedelta(hours=1)
    share = await member.share("We open our doors.", item_id=link["item_id"], published_at=at.isoformat())
    await see(scene, visit(link, 1, at=scene.clock.now()))
    done(await member.caller.put(f"/shares/{share['id']}/links/{link['id']}"), 200)
    assert [(str(click.share_id), click.verdict) for click in await clicks(scene)] == [(share["id"], "valid")]


async def test_visits_that_come_while_the_link_is_bound_are_all_judged(scene: Scene) -> None:
    """Whoever comes second must see what the first has done, or a visit would wait for ever."""
    member, link = await begin(scene)
    now = scene.clock.now()

    async def come() -> None:
        for number in range(30):
            await scene.sharing.hear(VisitsSeen(visits=(visit(link, number, at=now),)))

    await asyncio.gather(come(), posted(member, link, scene))
    await scene.sharing.settled()
    assert Counter(click.verdict for click in await clicks(scene)) == {"valid": 30}
    assert (await counted(member, link)) == {"valid": 30, "waiting": 0, "rejected": []}


async def test_late_visits_are_judged_among_those_of_their_time(scene: Scene) -> None:
    member, link = await begin(scene)
    await posted(member, link, scene)
    now = scene.clock.now()
    await see(scene, *(visit(link, n, at=now, network="office") for n in range(5)))
    await see(
        scene,
        visit(link, 1, at=now - timedelta(minutes=30), network="office"),
        visit(link, 8, at=now - timedelta(minutes=30), network="office"),
        visit(link, 9, at=now - timedelta(minutes=30)),
    )
    assert [click.verdict for click in await clicks(scene)][5:] == ["same-visitor", "crowded", "valid"]


async def test_links_are_judged_apart(scene: Scene) -> None:
    (anna, first), (paul, second) = await begin(scene), await begin(scene)
    await posted(anna, first, scene)
    await posted(paul, second, scene)
    now = scene.clock.now()
    await see(scene, visit(first, 1, at=now), visit(second, 1, at=now), visit(second, 2, at=now, visitor=OWN_KEY))
    told = {(click.ambassador_id, click.verdict) for click in await clicks(scene)}
    assert told == {(anna.id, "valid"), (paul.id, "valid"), (paul.id, "own-visit")}


async def test_visits_of_a_link_that_nobody_knows_harm_nothing(scene: Scene) -> None:
    member, link = await begin(scene)
    await posted(member, link, scene)
    await see(scene, visit({"id": str(new_id())}, 1, at=scene.clock.now()), visit(link, 1, at=scene.clock.now()))
    assert [click.verdict for click in await clicks(scene)] == ["valid"]
    page = (await scene.sharing.stranger().get("/metrics")).text
    assert "sharing_visits_unknown_total" in page


async def test_many_clicks_are_told_in_several_events_and_all_of_them(scene: Scene) -> None:
    member, link = await begin(scene)
    await posted(member, link, scene)
    now = scene.clock.now()
    for _ in range(5):
        await scene.sharing.hear(VisitsSeen(visits=tuple(visit(link, n, at=now, agent="crawler") for n in range(500))))
    await scene.sharing.settled()
    assert Counter(click.verdict for click in await clicks(scene)) == {"crawler": 2500}


async def test_what_is_kept_of_visitors_is_forgotten_in_time(scene: Scene) -> None:
    member, link = await begin(scene)
    now = scene.clock.now()
    await see(scene, visit(link, 1, at=now - timedelta(days=31)), visit(link, 2, at=now - timedelta(days=29)))
    keeper = ClickKeeper(scene.sharing.parts.db, clock=scene.clock, kept=timedelta(days=30))
    assert await keeper.forget_old() >= 1
    assert (await counted(member, link))["waiting"] == 1
    later = ClickKeeper(scene.sharing.parts.db, clock=scene.clock, kept=timedelta(seconds=-1))
    await later.forget_old()
    rows = await scene.sharing.rows("SELECT 1 FROM author_visitor WHERE ambassador_id = :id", id=UUID(str(member.id)))
    assert rows == []
