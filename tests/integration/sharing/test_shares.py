import json
from datetime import timedelta
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.sharing import SharePublished
from libs.similarity import MEASURE_VERSION
from tests.integration.sharing.scene import ENGLISH, OTHER, OWN, Member, Scene
from tests.support.answers import refusal


@pytest.fixture
async def alice(scene: Scene) -> Member:
    return await scene.member()


async def test_a_share_is_told_as_numbers_and_never_as_text(scene: Scene, alice: Member) -> None:
    text = f"{OWN} {ENGLISH}"
    share = await alice.share(text, post_url="https://example.org/posts/1")
    told = [e for e in await scene.sharing.envelopes(SharePublished) if e.data["share_id"] == share["id"]]
    assert len(told) == 1
    assert SharePublished.model_validate(told[0].data) == SharePublished(
        share_id=UUID(share["id"]),
        ambassador_id=alice.id,
        programme_id=scene.programme_id,
        team_id=UUID(scene.team_id),
        item_id=scene.item_id,
        campaign_id=scene.campaign_id,
        network="linkedin",
        post_url="https://example.org/posts/1",
        published_at=scene.clock.now(),
        words=share["words"],
        copied=share["copied"],
        parrot=0,
        self_repeats=0,
        audience=500,
        measure_version=MEASURE_VERSION,
    )
    assert 0 < share["copied"] < share["words"]
    assert told[0].partitionkey == str(alice.id)
    wire = json.dumps(told[0].model_dump(mode="json"))
    assert "text" not in told[0].data
    assert not [word for word in ("grandmother", "loom", "workshop") if word in wire]


async def test_a_share_without_an_item_belongs_to_no_campaign(alice: Member) -> None:
    share = await alice.share(OWN, item_id=None)
    assert (share["item_id"], share["campaign_id"], share["caption_id"]) == (None, None, None)
    assert share["originality"] == 1.0


async def test_a_caption_that_is_shared_without_its_item_is_still_a_copy(alice: Member) -> None:
    share = await alice.share(ENGLISH, item_id=None)
    assert share["originality"] == 0.0
    assert share["caption_id"] is not None


async def test_a_share_sent_again_under_its_key_is_recorded_once(scene: Scene, alice: Member) -> None:
    key = {"Idempotency-Key": "share-1"}
    first = await alice.caller.post("/shares", alice.body(OWN), headers=key)
    again = await alice.caller.post("/shares", alice.body(OWN), headers=key)
    other = await alice.caller.post("/shares", alice.body(OTHER), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refusal(other)[:2] == (422, "idempotency-conflict")
    told = [event for event in await scene.sharing.told(SharePublished) if event.ambassador_id == alice.id]
    assert len(told) == 1


async def test_sharing_needs_a_consent_in_force_for_the_network(alice: Member) -> None:
    assert refusal(await alice.try_share(network="x"))[:2] == (409, "no-consent")
    await alice.consent("x")
    assert (await alice.try_share(network="x")).status_code == 201
    await alice.caller.delete(f"/ambassadors/{alice.id}/consents/x")
    assert refusal(await alice.try_share(OTHER, network="x"))[:2] == (409, "no-consent")
    assert (await alice.try_share(OTHER)).status_code == 201


async def test_an_item_of_another_programme_is_unknown(scene: Scene, alice: Member) -> None:
    foreign = await Scene(sharing=scene.sharing, clock=scene.clock).begin()
    for item_id in (str(foreign.item_id), str(new_id())):
        assert refusal(await alice.try_share(item_id=item_id)) == (422, "unknown-item", ["item_id"])


async def test_a_post_is_recorded_once_in_a_programme(scene: Scene, alice: Member) -> None:
    url = {"post_url": "https://example.org/posts/7"}
    await alice.share(OWN, **url)
    bob = await scene.member()
    assert refusal(await alice.try_share(OTHER, **url)) == (409, "duplicate-post", ["post_url"])
    assert refusal(await bob.try_share(OTHER, **url)) == (409, "duplicate-post", ["post_url"])
    elsewhere = await (await Scene(sharing=scene.sharing, clock=scene.clock).begin()).member()
    assert (await elsewhere.try_share(OWN, **url)).status_code == 201


async def test_a_little_ahead_is_taken_and_the_future_is_not(scene: Scene, alice: Member) -> None:
    soon, later = (scene.clock.now() + timedelta(minutes=minutes) for minutes in (5, 6))
    assert (await alice.try_share(published_at=soon.isoformat())).status_code == 201
    answer = await alice.try_share(published_at=later.isoformat())
    assert refusal(answer) == (422, "impossible-time", ["published_at"])


async def test_an_earlier_post_is_taken_from_the_first_day_of_the_programme_on(alice: Member) -> None:
    first = await alice.share(OWN, published_at="2026-09-07T00:00:00+02:00")
    assert first["published_at"] == "2026-09-06T22:00:00Z"
    for early in ("2026-09-06T23:59:59+02:00", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z"):
        answer = await alice.try_share(OTHER, published_at=early)
        assert refusal(answer) == (422, "impossible-time", ["published_at"])


async def test_captions_count_for_a_post_that_claims_to_be_older_than_its_item(alice: Member) -> None:
    share = await alice.share(ENGLISH, published_at="2026-10-01T12:00:00Z")
    assert share["originality"] == 0.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", " "),
        ("text", "x" * 10_001),
        ("published_at", "2026-11-18T12:00:00"),
        ("published_at", "yesterday"),
        ("post_url", "ftp://example.org/1"),
        ("post_url", "javascript:alert(1)"),
        ("post_url", "https://exa mple.org"),
        ("post_url", "https://" + "x" * 2048),
        ("originality", 1),
        ("programme_id", None),
    ],
)
async def test_a_bad_share_names_the_field(alice: Member, field: str, value: object) -> None:
    answer = await alice.caller.post("/shares", {**alice.body(OWN), field: value})
    assert refusal(answer) == (422, "invalid-request", [field])


async def test_ten_thousand_characters_are_taken(alice: Member) -> None:
    text = "mot " * 2499 + "mots"
    assert (await alice.share(f"  {text}  "))["words"] == 2500


async def test_only_an_ambassador_of_the_programme_shares(scene: Scene, alice: Member) -> None:
    body = alice.body(OWN)
    assert refusal(await scene.person().post("/shares", body))[:2] == (409, "not-enrolled")
    assert refusal(await scene.manager().post("/shares", body))[:2] == (403, "missing-scope")
    foreign = scene.sharing.caller("ambassador", programmes=[new_id()], subject=alice.caller.subject)
    assert refusal(await foreign.post("/shares", body))[:2] == (403, "foreign-programme")


async def test_the_text_is_shown_to_its_author_and_to_managers(scene: Scene, alice: Member) -> None:
    share = await alice.share(f"{OWN} {ENGLISH}")
    bob = await scene.member()
    path = f"/shares/{share['id']}"
    assert (await alice.caller.get(path)).json() == share
    assert (await scene.manager().get(path)).json() == share
    assert (await bob.caller.get(path)).json() == {**share, "text": None, "passages": []}
    assert (await bob.caller.get(f"/ambassadors/{alice.id}/shares")).json()["items"][0]["text"] is None
    assert (await alice.caller.get(f"/ambassadors/{alice.id}/shares")).json()["items"] == [share]


async def test_who_is_not_of_the_programme_sees_no_share(scene: Scene, alice: Member) -> None:
    share = await alice.share(OWN)
    foreign = scene.sharing.caller("manager", programmes=[new_id()])
    assert refusal(await foreign.get(f"/shares/{share['id']}"))[:2] == (404, "share-not-found")
    assert refusal(await foreign.get(f"/ambassadors/{alice.id}/shares"))[:2] == (404, "ambassador-not-found")
    assert refusal(await scene.manager().get(f"/shares/{new_id()}"))[:2] == (404, "share-not-found")
    answer = await scene.manager().get(f"/ambassadors/{new_id()}/shares")
    assert refusal(answer)[:2] == (404, "ambassador-not-found")


async def test_shares_page_by_time_of_publication_latest_first(alice: Member) -> None:
    hours = [9, 11, 10, 8, 11]
    made = [
        await alice.share(f"{OWN} {n}", published_at=f"2026-11-17T{hour:02}:00:00Z") for n, hour in enumerate(hours)
    ]
    expected = [made[index]["id"] for index in (4, 1, 2, 0, 3)]
    seen, cursor = [], ""
    while True:
        page = (await alice.caller.get(f"/ambassadors/{alice.id}/shares?limit=2{cursor}")).json()
        seen += [share["id"] for share in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == expected
    for bad in ("WyJ4Il0", "WyIyMDI2LTAxLTAxIiwiNyJd", "x"):
        answer = await alice.caller.get(f"/ambassadors/{alice.id}/shares?cursor={bad}")
        assert refusal(answer)[:2] == (422, "invalid-cursor")


async def test_shares_are_counted_by_network_with_their_originality(scene: Scene, alice: Member) -> None:
    await alice.share(OWN)
    page = (await scene.sharing.stranger().get("/metrics")).text
    assert 'sharing_shares_total{network="linkedin",service="sharing"}' in page
    assert 'sharing_originality_ratio_bucket{le="0.1",service="sharing"}' in page
    assert 'sharing_measure_duration_seconds_count{service="sharing"}' in page
