"""What was taken back counts no longer, whenever and however often it is told."""

import asyncio
from typing import Any

import pytest

from libs.clock import new_id
from libs.events.sharing import SharePublished
from tests.integration.engagement.play import PUBLISHED, Play, at, interaction
from tests.support.harness import Running

KEPT = ("interaction_id", "share_id", "ambassador_id", "kind", "person", "colleague_id", "occurred_at", "provenance")


async def counted(play: Play, share: SharePublished) -> dict[str, tuple[int, int]]:
    rows = (await play.numbers(share))["interactions"]
    return {row["kind"]: (row["counted"], row["own"]) for row in rows}


@pytest.mark.parametrize("order", ["after", "before", "both at once"])
async def test_what_its_source_takes_back_counts_no_longer_in_either_order(play: Play, order: str) -> None:
    share = await play.publishes()
    liked, shared = interaction(share), interaction(share, "reshare")
    if order == "after":
        await play.accepts(liked, shared)
        receipt = await play.withdraws_interactions(liked)
    elif order == "before":
        receipt = await play.withdraws_interactions(liked)
        accepted = await play.accepts(liked, shared)
        assert (await play.receipt(accepted["receipt_id"]))["new"] == 2
    else:
        names = {name: liked[name] for name in ("source", "external_id")}
        answers = await asyncio.gather(play.posts(liked, shared), play.takes_back(names))
        await play.running.settled()
        receipt = await play.receipt(answers[1].json()["receipt_id"])
    assert (receipt["accepted"], receipt["new"], receipt["duplicates"]) == (1, 1, 0)
    assert await counted(play, share) == {"reshare": (1, 0)}
    told = {one.interaction_id: one for one in await play.recorded()}
    gone = await play.withdrawn()
    assert len(told) - len(gone) == 1
    for one in gone:
        assert one.model_dump(include=set(KEPT)) == told[one.interaction_id].model_dump(include=set(KEPT))
    assert len(gone) == (order == "after") or order == "both at once"


async def test_many_taken_back_while_they_come_all_end_as_taken_back(play: Play) -> None:
    share = await play.publishes()
    items = [interaction(share) for _ in range(40)]
    names = [{name: item[name] for name in ("source", "external_id")} for item in items]
    calls = [
        call for item, name in zip(items, names, strict=True) for call in (play.posts(item), play.takes_back(name))
    ]
    await asyncio.gather(*calls)
    await play.running.settled()
    assert await counted(play, share) == {}
    assert sorted(one.interaction_id for one in await play.recorded()) == sorted(
        one.interaction_id for one in await play.withdrawn()
    )


async def test_twice_taken_back_is_taken_back_once_and_it_never_comes_again(play: Play) -> None:
    share = await play.publishes()
    liked, other = interaction(share), interaction(share)
    await play.accepts(liked, other)
    receipts = [await play.withdraws_interactions(liked, liked) for _ in range(2)]
    assert [(one["accepted"], one["new"], one["duplicates"]) for one in receipts] == [(2, 1, 1), (2, 0, 2)]
    await play.accepts(liked)
    assert await counted(play, share) == {"reaction": (1, 0)}
    assert len(await play.withdrawn()) == 1
    assert len(await play.recorded()) == 2


async def test_only_the_programme_that_is_named_is_concerned(play: Play, engagement: Running) -> None:
    other = Play(engagement)
    share = await play.publishes()
    liked = interaction(share)
    await play.accepts(liked)
    await other.withdraws_interactions(liked, interaction(new_id()))
    assert await counted(play, share) == {"reaction": (1, 0)}
    assert await play.withdrawn() == await other.withdrawn() == []
    foreign = engagement.caller("service", programmes=[other.programme_id])
    query = {"programme_id": str(play.programme_id)}
    refused = await foreign.post("/interactions:withdraw", [{"source": "a", "external_id": "b"}], params=query)
    assert refused.status_code == 403


async def test_what_lies_in_the_quarantine_is_kept_as_taken_back_when_it_is_applied(play: Play) -> None:
    share_id = new_id()
    liked = interaction(share_id)
    await play.accepts(liked)
    assert len(await play.waiting()) == 1
    await play.withdraws_interactions(liked)
    share = await play.publishes(share_id=share_id)
    assert await play.waiting() == []
    assert await counted(play, share) == {}
    assert await play.recorded() == await play.withdrawn() == []
    (row,) = await play.running.rows(
        "SELECT withdrawn_at FROM interaction WHERE external_id = :id", id=liked["external_id"]
    )
    assert row["withdrawn_at"] is not None


@pytest.mark.parametrize("order", ["comment and reply first", "reply last", "comment last"])
async def test_a_comment_takes_the_replies_to_it_along(play: Play, order: str) -> None:
    share = await play.publishes()
    comment = interaction(share, "comment")
    reply = interaction(share, "reply", answers=comment["external_id"])
    if order == "comment and reply first":
        await play.accepts(comment, reply)
    elif order == "reply last":
        await play.accepts(comment)
    else:
        await play.accepts(reply)
    await play.withdraws_interactions(comment)
    await play.accepts(comment, reply)
    assert await counted(play, share) == {}
    gone = {one.kind: one for one in await play.withdrawn()}
    recorded = {one.kind: one for one in await play.recorded()}
    assert gone.keys() == recorded.keys()
    if order == "comment and reply first":
        assert gone["reply"].comment_id == gone["comment"].interaction_id
        assert gone["reply"].person == recorded["reply"].person == recorded["comment"].person
        assert (gone["reply"].asked_at, gone["comment"].comment_id) == (recorded["reply"].asked_at, None)


async def test_the_authors_own_is_counted_no_longer_and_told_as_little_as_before(play: Play) -> None:
    author = new_id()
    await play.consents(author, "alice")
    share = await play.publishes(author)
    own = interaction(share, person="alice")
    await play.accepts(own)
    assert await counted(play, share) == {"reaction": (0, 1)}
    await play.withdraws_interactions(own)
    assert await counted(play, share) == {}
    assert await play.withdrawn() == []


async def test_measures_are_those_of_a_programme_that_never_had_it(play: Play, engagement: Running) -> None:
    without = Play(engagement)
    found = []
    for world in (play, without):
        await world.opens()
        author, colleague = new_id(), new_id()
        await world.consents(author, "alice")
        await world.consents(colleague, "bob")
        share = await world.publishes(author)
        kept, gone = facts(share), facts(share)
        await world.accepts(*kept, *(gone if world is play else ()))
        if world is play:
            await world.withdraws_interactions(*gone)
        answer = await engagement.caller("analyst").get(
            "/measures", params={"programme_id": str(world.programme_id), "by": "programme"}
        )
        assert answer.status_code == 200, answer.text
        (item,) = answer.json()["items"]
        found.append({name: value for name, value in item.items() if name not in {"key", "programme_id"}})
    assert found[0] == found[1]
    assert (found[0]["comments_by_others"], found[0]["answered"], found[0]["first_hour"]) == (2, 1, 3)


def facts(share: SharePublished) -> list[dict[str, Any]]:
    asked, unanswered = interaction(share, "comment", occurred_at=at(hours=2)), interaction(share, "comment")
    return [
        asked,
        interaction(share, "reply", answers=asked["external_id"], occurred_at=at(hours=3)),
        unanswered,
        interaction(share, occurred_at=at(hours=0.5)),
        interaction(share, occurred_at=at(hours=0.5), person="bob"),
        interaction(share, occurred_at=at(hours=0.5), person="alice"),
        interaction(share, "reshare", provenance="imported", occurred_at=at(hours=0.7)),
        interaction(share, "conversion", goal="lead"),
        interaction(share, "click", provenance="declared"),
    ]


async def test_an_export_says_what_was_taken_back_and_when(play: Play) -> None:
    await play.opens()
    share = await play.publishes()
    liked, other = interaction(share), interaction(share)
    await play.accepts(liked, other)
    when = at(days=1)
    gone = {"source": liked["source"], "external_id": liked["external_id"], "withdrawn_at": when}
    assert (await play.takes_back(gone)).status_code == 202
    await play.running.settled()
    path = f"/programmes/{play.programme_id}/exports/interactions"
    answer = await play.running.caller("analyst").get(path, params={"since": PUBLISHED.isoformat()})
    assert answer.status_code == 200, answer.text
    header, *lines = answer.text.strip().splitlines()
    assert header.split(",")[-1].strip('"') == "withdrawn_at"
    assert sorted(line.split(",")[-1].strip('"') != "" for line in lines) == [False, True]
    (one,) = await play.withdrawn()
    assert one.withdrawn_at.isoformat() == when


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"source": "crm"}, "withdrawals[0].external_id"),
        ({"source": "crm", "external_id": "1", "person": "Bob"}, "withdrawals[0].person"),
        ({"source": "crm", "external_id": "1", "withdrawn_at": "2999-01-01T00:00:00Z"}, "withdrawals[0].withdrawn_at"),
    ],
)
async def test_an_item_of_wrong_form_is_named_with_field_and_reason(
    play: Play, item: dict[str, Any], field: str
) -> None:
    answer = await play.takes_back(item)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["errors"][0]["reason"]
