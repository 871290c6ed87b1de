"""Colleagues' posts and own earlier posts: what counts, and what does not."""

import asyncio
from datetime import datetime, timedelta

import pytest

from libs.events.sharing import SharePublished
from tests.integration.sharing.scene import OTHER, OWN, Member, Scene


@pytest.fixture
async def alice(scene: Scene) -> Member:
    return await scene.member()


def before(scene: Scene, **by: float) -> str:
    return (scene.clock.now() - timedelta(**by)).isoformat()


async def test_a_copy_of_a_colleague_is_counted_and_the_first_is_not(scene: Scene, alice: Member) -> None:
    bob = await scene.member()
    first = await bob.share(OWN, published_at=before(scene, hours=1))
    second = await alice.share(OWN)
    assert first["parrot"] == {"index": 0.0, "colleagues": 0, "k": 0.0}
    assert second["parrot"] == {"index": 1.0, "colleagues": 1, "k": 1.0}
    assert (await bob.caller.get(f"/shares/{first['id']}")).json() == first
    told = {str(event.share_id): event.parrot for event in await scene.sharing.told(SharePublished)}
    assert (told[first["id"]], told[second["id"]]) == (0, 10_000)


async def test_a_later_post_recorded_earlier_does_not_count(scene: Scene, alice: Member) -> None:
    bob = await scene.member()
    await bob.share(OWN)
    imported = await alice.share(OWN, published_at=before(scene, hours=2))
    assert imported["parrot"]["k"] == 0.0


async def test_colleagues_count_for_fourteen_days(scene: Scene, alice: Member) -> None:
    bob, carol = await scene.member(), await scene.member()
    await bob.share(OWN, published_at=before(scene, days=14, seconds=1))
    assert (await alice.preview(OWN))["parrot"]["k"] == 0.0
    await carol.share(OTHER, published_at=before(scene, days=14))
    assert (await alice.preview(OTHER))["parrot"]["k"] == 1.0


async def test_colleagues_count_on_the_same_item_only(scene: Scene, alice: Member) -> None:
    bob, other_item = await scene.member(), str(await scene.another_item())
    await bob.share(OWN)
    await bob.share(OTHER, item_id=None)
    scene.clock.forward(minutes=1)
    assert (await alice.preview(OWN, item_id=other_item))["parrot"]["k"] == 0.0
    assert (await alice.preview(OWN, item_id=None))["parrot"]["k"] == 0.0
    assert (await alice.preview(OTHER, item_id=None))["parrot"] == {"index": 1.0, "colleagues": 1, "k": 1.0}


async def test_another_programme_is_no_colleague(scene: Scene, alice: Member) -> None:
    elsewhere = await Scene(sharing=scene.sharing, clock=scene.clock).begin()
    await (await elsewhere.member()).share(OWN, item_id=None)
    scene.clock.forward(minutes=1)
    assert (await alice.preview(OWN, item_id=None))["parrot"]["k"] == 0.0


async def test_an_own_copy_repeats_oneself_and_is_a_suggestion_for_the_same_item(scene: Scene, alice: Member) -> None:
    other_item = str(await scene.another_item())
    await alice.share(OWN, published_at=before(scene, days=1))
    again = await alice.share(OWN)
    assert (again["self_repeats"], again["originality"], again["parrot"]["k"]) == (1, 0.0, 0.0)
    scene.clock.forward(minutes=1)
    elsewhere = await alice.preview(OWN, item_id=other_item)
    assert (elsewhere["self_repeats"], elsewhere["originality"]) == (2, 1.0)
    assert elsewhere["advice"] == [
        {"code": "repeats_yourself", "sentence": "You posted nearly this 2 times in the last 90 days."}
    ]


async def test_own_posts_repeat_for_ninety_days(scene: Scene) -> None:
    early = datetime.fromisoformat("2026-09-08T12:00:00+00:00")
    alice = await scene.member()
    await alice.share(OWN, published_at=early.isoformat(), item_id=None)
    other_item = str(await scene.another_item())
    for days, repeats in ((70, 1), (90, 1), (91, 0)):
        share = early + timedelta(days=days)
        if share > scene.clock.now():
            scene.clock.forward(seconds=(share - scene.clock.now()).total_seconds())
        assert (await alice.preview(OWN, item_id=other_item))["self_repeats"] == repeats


async def test_of_copies_made_at_once_each_sees_those_before_it(scene: Scene) -> None:
    members = [await scene.member() for _ in range(5)]
    for item_id in (str(scene.item_id), None):
        shares = await asyncio.gather(*(member.share(OWN, item_id=item_id) for member in members))
        in_order = sorted(shares, key=lambda share: str(share["id"]))
        assert [share["parrot"]["k"] for share in in_order] == [0.0, 1.0, 2.0, 3.0, 4.0]


async def test_of_the_authors_own_copies_made_at_once_each_sees_those_before_it(scene: Scene, alice: Member) -> None:
    items = [None, str(scene.item_id), str(await scene.another_item())]
    shares = await asyncio.gather(*(alice.share(OWN, item_id=item_id) for item_id in items))
    in_order = sorted(shares, key=lambda share: str(share["id"]))
    assert [share["self_repeats"] for share in in_order] == [0, 1, 2]


async def test_a_text_is_compared_with_the_two_hundred_latest_posts(scene: Scene, alice: Member) -> None:
    bob = await scene.member()
    first = await bob.share(OTHER, item_id=None, published_at=before(scene, days=2))
    await scene.sharing.rows(
        """INSERT INTO share SELECT (jsonb_populate_record(s, jsonb_build_object(
               'id', gen_random_uuid(), 'text', CAST(:text AS text),
               'published_at', s.published_at + n * interval '1 second'))).*
           FROM share s, generate_series(1, 200) n WHERE s.id = CAST(:id AS uuid) RETURNING id""",
        id=first["id"],
        text=OWN,
    )
    assert (await alice.preview(OWN, item_id=None))["parrot"] == {"index": 1.0, "colleagues": 200, "k": 200.0}
    assert (await alice.preview(OTHER, item_id=None))["parrot"]["k"] == 0.0
