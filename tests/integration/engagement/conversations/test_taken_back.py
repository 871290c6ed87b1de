"""A comment or an answer that was taken back leaves conversations as if it had never been."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.clock import new_id
from tests.integration.engagement.conversations.talk import ASKED, Author, Talk, reply_to
from tests.integration.engagement.conversations.test_state import history
from tests.integration.engagement.play import NOW


async def rows(talk: Talk) -> dict[str, datetime | None]:
    """When each comment of which a conversation is kept was answered."""
    found = await talk.running.rows(
        """SELECT i.external_id, c.answered_at FROM conversation c JOIN interaction i USING (interaction_id)
           WHERE c.programme_id = :p""",
        p=talk.programme_id,
    )
    return {row["external_id"]: row["answered_at"] for row in found}


async def states(author: Author) -> dict[str, int]:
    return {state: len(await author.sees_ids(state)) for state in ("waiting", "answered", "dismissed")}


async def test_a_comment_takes_its_conversation_along_whatever_its_state(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    waiting, answered, dismissed, kept = [await talk.comments(share) for _ in range(4)]
    await talk.answers(share, answered)
    await author.dismisses(await talk.id_of(dismissed))
    assert await states(author) == {"waiting": 2, "answered": 1, "dismissed": 1}
    await talk.withdraws_interactions(waiting, answered, dismissed)
    assert await states(author) == {"waiting": 1, "answered": 0, "dismissed": 0}
    assert set(await rows(talk)) == {kept["external_id"]}
    (numbers,) = (await author.caller.get("/me/conversations/shares")).json()["items"]
    assert (numbers["comments"], numbers["answered"], numbers["commenters"]) == (1, 0, 1)


async def test_a_comment_whose_answer_is_taken_back_waits_again_until_the_next_one(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    comment = await talk.comments(share)
    first, second = (reply_to(share, comment, ASKED + timedelta(minutes=n)) for n in (5, 20))
    await talk.accepts(first, second)
    await talk.withdraws_interactions(first)
    assert await rows(talk) == {comment["external_id"]: ASKED + timedelta(minutes=20)}
    await talk.withdraws_interactions(second)
    assert await states(author) == {"waiting": 1, "answered": 0, "dismissed": 0}
    await talk.answers(share, comment, NOW)
    assert await rows(talk) == {comment["external_id"]: NOW}


async def test_who_took_back_an_earlier_comment_has_not_come_back(talk: Talk) -> None:
    author = await talk.enrols()
    one, other = await talk.publishes(author.id), await talk.publishes(author.id)
    first = await talk.comments(one, ASKED - timedelta(minutes=9), person="bob")
    await talk.comments(other, person="bob")
    assert [seen["returning"] for seen in await author.sees()] == [False, True]
    await talk.withdraws_interactions(first)
    assert [seen["returning"] for seen in await author.sees()] == [False]


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_ends_as_if_what_was_taken_back_had_never_been(talk: Talk, seed: int) -> None:
    author = await talk.enrols()
    await talk.consents(author.id, "author")
    await talk.consents(new_id(), "bob")
    shares = [await talk.publishes(author.id) for _ in range(3)]
    items, expected = history(shares, seed=seed)
    chance = random.Random(seed)
    gone = chance.sample([item for item in items if item["kind"] == "comment"], 5)
    gone += chance.sample([item for item in items if item["kind"] == "reply"], 4)
    steps: list[tuple[bool, dict[str, Any]]] = [*((False, item) for item in items), *((True, item) for item in gone)]
    chance.shuffle(steps)
    for start in range(0, len(steps), 6):
        part = steps[start : start + 6]
        if accepted := [item for taking, item in part if not taking]:
            await talk.accepts(*accepted)
        if taken := [item for taking, item in part if taking]:
            await talk.withdraws_interactions(*taken)
    names = {item["external_id"] for item in gone}
    left: dict[str, list[datetime]] = {id_: [] for id_ in expected if id_ not in names}
    for item in items:
        share = next((one["share_id"] for one in items if one["external_id"] == item.get("answers")), None)
        if item["external_id"] not in names and item["share_id"] == share and item["answers"] in left:
            left[item["answers"]].append(datetime.fromisoformat(item["occurred_at"]))
    assert await rows(talk) == {id_: min(times, default=None) for id_, times in left.items()}
