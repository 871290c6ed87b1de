"""Whatever the order in which comments and answers come, the same ones wait in the end."""

import random
from datetime import timedelta
from typing import Any

import pytest

from libs.clock import new_id
from tests.integration.engagement.conversations.talk import ASKED, Talk, reply_to
from tests.integration.engagement.play import NOW, interaction


def history(shares: list[Any], *, seed: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Comments and replies in a random order, and when each comment is answered in the end (None: it waits)."""
    chance = random.Random(seed)
    items: list[dict[str, Any]] = []
    expected: dict[str, Any] = {}
    for _ in range(25):
        share = chance.choice(shares)
        when = ASKED + timedelta(seconds=chance.randrange(1000))
        person = chance.choice(["author", "bob", "carol", "dave"])
        comment = interaction(share, "comment", person=person, occurred_at=when.isoformat())
        times = [when + timedelta(seconds=chance.randrange(-60, 900)) for _ in range(chance.choice([0, 0, 1, 1, 3]))]
        items += [comment, *(reply_to(share, comment, at) for at in times)]
        if person != "author":
            expected[comment["external_id"]] = min(times, default=None)
    items += chance.sample(items, 5)  # sent twice
    items.append(reply_to(shares[0], {"external_id": "never told"}, NOW))
    other = next(item for item in items if item["kind"] == "comment" and item["share_id"] != str(shares[0].share_id))
    items.append(reply_to(shares[0], other, NOW - timedelta(hours=3)))  # to a comment on another share
    chance.shuffle(items)
    return items, expected


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_ends_in_the_same_state(talk: Talk, seed: int) -> None:
    author = await talk.enrols()
    await talk.consents(author.id, "author")
    await talk.consents(new_id(), "bob")
    shares = [await talk.publishes(author.id) for _ in range(3)]
    items, expected = history(shares, seed=seed)
    cuts = sorted(random.Random(seed).sample(range(1, len(items)), 6))
    for start, end in zip([0, *cuts], [*cuts, len(items)], strict=True):
        await talk.accepts(*items[start:end])
    rows = await talk.running.rows(
        """SELECT i.external_id, c.answered_at, c.colleague_id, i.person = c.person AS same
           FROM conversation c JOIN interaction i USING (interaction_id) WHERE c.programme_id = :p""",
        p=talk.programme_id,
    )
    assert {row["external_id"]: row["answered_at"] for row in rows} == expected
    assert all(row["same"] for row in rows)
    assert len(await author.sees_ids("waiting")) == sum(at is None for at in expected.values())
    assert len(await author.sees_ids("answered")) == sum(at is not None for at in expected.values())


async def test_a_comment_by_the_author_does_not_wait_and_that_of_a_colleague_does(talk: Talk) -> None:
    author, colleague = await talk.enrols(), new_id()
    await talk.consents(author.id, "author")
    await talk.consents(colleague, "bob")
    share = await talk.publishes(author.id)
    await talk.comments(share, person="author")
    of_bob = await talk.comments(share, person="bob")
    of_eve = await talk.comments(share, person="eve")
    seen = {one["interaction_id"]: one["colleague"] for one in await author.sees()}
    assert seen == {await talk.id_of(of_bob): True, await talk.id_of(of_eve): False}


async def test_a_comment_that_lay_in_the_quarantine_waits_once_its_share_is_there(talk: Talk) -> None:
    author, share_id = await talk.enrols(), new_id()
    comment = interaction(share_id, "comment", occurred_at=ASKED.isoformat())
    reply = interaction(share_id, "reply", answers=comment["external_id"], occurred_at=NOW.isoformat())
    other = interaction(share_id, "comment", occurred_at=ASKED.isoformat())
    await talk.accepts(reply, comment, other)
    assert await author.sees() == []
    await talk.publishes(author.id, share_id=share_id)
    assert await author.sees_ids("waiting") == {await talk.id_of(other)}
    assert await author.sees_ids("answered") == {await talk.id_of(comment)}


async def test_an_answer_that_seems_to_come_before_its_comment_took_no_time(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    comment = await talk.comments(share)
    await talk.answers(share, comment, ASKED - timedelta(minutes=2))
    assert [one["waited_minutes"] for one in await author.sees(state="answered")] == [0]


async def test_nothing_of_a_person_or_a_text_is_kept_but_the_key(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    comment = await talk.comments(share, person="Very Special Name")
    await talk.accepts({**reply_to(share, comment, NOW), "text": "Merci infiniment"})
    rows = await talk.running.rows(
        "SELECT c::text AS line FROM conversation c WHERE programme_id = :p", p=talk.programme_id
    )
    assert len(rows) == 1
    assert talk.key("Very Special Name") in rows[0]["line"]
    assert not {"special", "merci"} & set(rows[0]["line"].casefold().replace(",", " ").split())
    assert "special" not in rows[0]["line"].casefold()
