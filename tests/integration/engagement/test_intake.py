import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.clock import new_id
from libs.events.engagement import InteractionsRecorded
from libs.events.envelope import partition_of
from services.engagement.intake.domain import lanes_for
from services.engagement.intake.service import SLICE
from tests.integration.engagement.play import PUBLISHED, Play, at, interaction
from tests.support.harness import Running


async def test_an_interaction_is_told_with_an_opaque_person_and_counted(play: Play) -> None:
    share = await play.publishes()
    receipt = await play.accepts(interaction(share, "comment", person=" @Alice "))
    (told,) = await play.recorded()
    assert (told.share_id, told.ambassador_id, told.kind) == (share.share_id, share.ambassador_id, "comment")
    assert (told.person, told.colleague_id) == (play.key("alice"), None)
    assert told.occurred_at == PUBLISHED + timedelta(hours=1)
    assert (await play.numbers(share))["interactions"] == [{"kind": "comment", "counted": 1, "own": 0}]
    assert await play.receipt(receipt["receipt_id"]) == {
        "receipt_id": receipt["receipt_id"],
        "status": "applied",
        "accepted": 1,
        "new": 1,
        "duplicates": 0,
        "conflicts": 0,
        "quarantined": 0,
        "first_quarantined": [],
    }


async def test_the_same_batch_again_changes_nothing(play: Play) -> None:
    share = await play.publishes()
    batch = [interaction(share, kind) for kind in ("reaction", "comment", "reshare", "mention", "click", "conversion")]
    await play.accepts(*batch)
    again = await play.accepts(*batch)
    assert len(await play.recorded()) == 6
    receipt = await play.receipt(again["receipt_id"])
    assert (receipt["accepted"], receipt["new"], receipt["duplicates"], receipt["conflicts"]) == (6, 0, 6, 0)
    assert {row["counted"] for row in (await play.numbers(share))["interactions"]} == {1}


async def test_a_follow_is_counted_and_told(play: Play) -> None:
    share = await play.publishes()
    await play.accepts(interaction(share, "follow"))
    assert [told.kind for told in await play.recorded()] == ["follow"]
    assert (await play.numbers(share))["interactions"] == [{"kind": "follow", "counted": 1, "own": 0}]


async def test_without_an_external_id_what_is_said_counts_once(play: Play) -> None:
    share = await play.publishes()
    item = interaction(share, external_id=None)
    other = {**item, "occurred_at": at(hours=2)}
    await play.accepts(item, other)
    receipt = await play.receipt((await play.accepts(other, {**item, "person": f"@{item['person']}"}))["receipt_id"])
    assert (receipt["new"], receipt["duplicates"], receipt["conflicts"]) == (0, 2, 0)
    assert len(await play.recorded()) == 2


async def test_one_item_twice_in_one_batch_counts_once(play: Play) -> None:
    share = await play.publishes()
    item = interaction(share)
    receipt = await play.receipt((await play.accepts(item, item, item))["receipt_id"])
    assert (receipt["new"], receipt["duplicates"]) == (1, 2)
    assert len(await play.recorded()) == 1


async def test_another_payload_under_a_known_id_is_kept_as_a_conflict_and_the_first_one_stays(play: Play) -> None:
    share = await play.publishes()
    item = interaction(share, "reaction")
    await play.accepts(item)
    for _ in range(2):
        receipt = await play.receipt((await play.accepts({**item, "kind": "comment"}))["receipt_id"])
        assert (receipt["new"], receipt["duplicates"], receipt["conflicts"]) == (0, 1, 1)
    assert [told.kind for told in await play.recorded()] == ["reaction"]
    rows = await play.running.rows("SELECT kind FROM interaction_conflict WHERE programme_id = :p", p=play.programme_id)
    assert [row["kind"] for row in rows] == ["comment"]
    page = (await play.running.stranger().get("/metrics")).text
    assert 'engagement_interactions_total{kind="comment",outcome="conflict",service="engagement"}' in page


async def test_one_id_at_two_sources_or_in_two_programmes_is_two_interactions(engagement: Running) -> None:
    one, other = Play(engagement), Play(engagement)
    first, second = await one.publishes(), await other.publishes()
    same = {"external_id": "1"}
    await one.accepts(interaction(first, source="a", **same), interaction(first, source="b", **same))
    await other.accepts(interaction(second, source="a", **same))
    told = [*await one.recorded(), *await other.recorded()]
    assert len({interaction.interaction_id for interaction in told}) == 3


async def test_a_like_of_ones_own_share_is_counted_apart_and_not_told(play: Play) -> None:
    author = new_id()
    await play.consents(author, "author")
    share = await play.publishes(author)
    await play.accepts(interaction(share, person="author"), interaction(share, person="somebody"))
    assert [told.person for told in await play.recorded()] == [play.key("somebody")]
    assert (await play.numbers(share))["interactions"] == [{"kind": "reaction", "counted": 1, "own": 1}]


async def test_a_colleague_is_one_who_is_known_on_this_network_of_this_programme(
    play: Play, engagement: Running
) -> None:
    colleague, abroad = new_id(), Play(engagement)
    await play.consents(colleague, "Bob")
    await abroad.consents(new_id(), "carol")
    share, elsewhere = await play.publishes(), await play.publishes(network="x")
    await play.accepts(
        interaction(share, person="bob", external_id="here"),
        interaction(elsewhere, person="bob", external_id="other network"),
        interaction(share, person="carol", external_id="other programme"),
    )
    found = [(told.share_id, told.colleague_id) for told in await play.recorded()]
    assert Counter(found) == {
        (share.share_id, colleague): 1,
        (share.share_id, None): 1,
        (elsewhere.share_id, None): 1,
    }


async def test_the_latest_consent_decides_in_whatever_order_it_is_heard(play: Play) -> None:
    given, again, gone = new_id(), new_id(), new_id()
    hour = timedelta(hours=1)
    await play.withdraws(gone, PUBLISHED + hour)
    await play.consents(gone, "gone", PUBLISHED)
    await play.consents(again, "again", PUBLISHED + 2 * hour)
    await play.withdraws(again, PUBLISHED + hour)
    await play.consents(given, "new-name", PUBLISHED + hour)
    await play.consents(given, "old-name", PUBLISHED)
    share = await play.publishes()
    people = ["gone", "again", "new-name", "old-name"]
    await play.accepts(*(interaction(share, person=person) for person in people))
    found = {told.person: told.colleague_id for told in await play.recorded()}
    assert [found[play.key(person)] for person in people] == [None, again, given, None]


async def test_a_share_may_be_named_by_the_address_of_its_post(play: Play) -> None:
    share = await play.publishes(post_url="https://www.linkedin.com/posts/alice-1/")
    item = interaction(share, post_url="https://WWW.LinkedIn.com/posts/alice-1#comments")
    del item["share_id"]
    await play.accepts(item)
    assert [told.share_id for told in await play.recorded()] == [share.share_id]


async def test_what_a_request_comes_to_is_told_in_few_events_and_each_author_under_one_partition(play: Play) -> None:
    shares = [await play.publishes() for _ in range(12)]
    await play.accepts(*(interaction(share) for share in shares for _ in range(60)), interaction(shares[0]))
    sizes, lanes = [], lanes_for(721)
    for envelope in await play.running.envelopes(InteractionsRecorded):
        event = InteractionsRecorded.model_validate(envelope.data)
        if event.programme_id == play.programme_id:
            sizes.append(len(event.interactions))
            authors = {partition_of(str(one.ambassador_id)) % lanes for one in event.interactions}
            assert authors == {int(envelope.partitionkey)}
    assert sum(sizes) == 721
    assert len(sizes) <= lanes + 721 // SLICE
    assert max(sizes) <= SLICE


async def test_a_batch_too_large_for_one_message_is_kept_and_receipted_whole(play: Play) -> None:
    share = await play.publishes()
    receipt = await play.accepts(*(interaction(share, external_id=f"{n}-" + "é" * 250) for n in range(1000)))
    assert len(await play.recorded()) == 1000
    applied = await play.receipt(receipt["receipt_id"])
    assert (applied["status"], applied["accepted"], applied["new"]) == ("applied", 1000, 1000)


async def test_batches_in_any_order_and_twice_tell_the_same(engagement: Running) -> None:
    people = [f"person-{n}" for n in range(6)]
    author, colleague = new_id(), new_id()
    # fixed, so that both plays tell the very same ids
    programme_id = new_id()
    first = Play(engagement, programme_id)
    await first.consents(author, "author")
    await first.consents(colleague, people[0])
    share = await first.publishes(author)
    seed = random.Random(7)
    items = [
        interaction(share, kind, person=seed.choice(people)) for kind in ("reaction", "comment") for _ in range(40)
    ]
    comments = [item for item in items if item["kind"] == "comment"]
    items += [interaction(share, "reply", answers=one["external_id"], text="Thanks a lot") for one in comments[:20]]
    items += [interaction(share, person="author") for _ in range(5)]
    seed.shuffle(items)
    batches = [items[start : start + 15] for start in range(0, len(items), 15)]
    orders = [[*batches, *reversed(batches)], seed.sample(batches * 2, len(batches) * 2)]
    told = []
    for order in orders:
        for batch in order:
            assert (await first.posts(*batch)).status_code == 202
        found = await first.recorded()
        assert len(found) == len({one.interaction_id for one in found}) == 100
        told.append({one.model_dump_json() for one in found})
        await _forget_everything(engagement, programme_id)
        before = len(found)
    assert before == 100
    assert told[0] == told[1]


async def _forget_everything(engagement: Running, programme_id: UUID) -> None:
    await engagement.settled()
    await engagement.parts.connection.api("STREAM.PURGE.ENGAGEMENT")
    async with engagement.parts.db.transaction() as tx:
        await tx.run(text("DELETE FROM interaction WHERE programme_id = :p"), {"p": programme_id})


async def test_a_receipt_is_pending_until_applied_and_unknown_when_nobody_gave_it(engagement: Running) -> None:
    service = engagement.caller("service")
    pending = await service.get(f"/receipts/{new_id()}")
    assert (pending.status_code, pending.json()["status"]) == (200, "pending")
    unknown = await service.get("/receipts/00000000-0000-4000-8000-000000000000")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:timbre:problem:receipt-not-found")


@pytest.mark.parametrize("role", ["ambassador", "analyst"])
async def test_only_senders_come_in(play: Play, role: str) -> None:
    caller = play.running.caller(role)
    for answer in (
        await caller.post(f"/programmes/{play.programme_id}/interactions", {"interactions": []}),
        await caller.post(f"/programmes/{play.programme_id}/imports", content=b""),
        await caller.get(f"/receipts/{new_id()}"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:missing-scope")


async def test_a_token_of_another_programme_is_refused(play: Play) -> None:
    share = await play.publishes()
    receipt = await play.accepts(interaction(share))
    foreign = play.running.caller("manager", programmes=[new_id()])
    for answer in (
        await foreign.post(f"/programmes/{play.programme_id}/interactions", {"interactions": []}),
        await foreign.post(f"/programmes/{play.programme_id}/imports", content=b""),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:foreign-programme")
    assert (await foreign.get(f"/shares/{share.share_id}/engagement")).status_code == 404
    await play.running.settled()
    told = (await foreign.get(f"/receipts/{receipt['receipt_id']}")).json()
    unknown = new_id()
    nothing = (await foreign.get(f"/receipts/{unknown}")).json()
    assert told == {**nothing, "receipt_id": receipt["receipt_id"]}


async def test_a_share_of_another_programme_is_as_unknown_as_any(play: Play, engagement: Running) -> None:
    share = await Play(engagement).publishes()
    receipt = await play.receipt((await play.accepts(interaction(share)))["receipt_id"])
    assert [one["reason"] for one in receipt["first_quarantined"]] == ["unknown-share"]
    assert (await play.numbers(share))["interactions"] == []


async def test_numbers_of_an_unknown_share_are_not_found(engagement: Running) -> None:
    answer = await engagement.caller("analyst").get(f"/shares/{new_id()}/engagement")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:share-not-found")
