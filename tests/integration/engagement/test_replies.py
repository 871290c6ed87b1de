import pytest

from libs.clock import new_id
from libs.events.engagement import RecordedInteraction
from tests.integration.engagement.play import PUBLISHED, Play, at, interaction


def replies(told: list[RecordedInteraction]) -> list[RecordedInteraction]:
    return [one for one in told if one.kind == "reply"]


@pytest.mark.parametrize("order", ["comment first", "reply first", "together", "together, reply first"])
async def test_a_reply_has_the_person_and_time_of_its_comment_in_any_order(play: Play, order: str) -> None:
    colleague = new_id()
    await play.consents(colleague, "bob")
    share = await play.publishes()
    comment = interaction(share, "comment", person="bob", occurred_at=at(hours=2))
    reply = interaction(share, "reply", answers=comment["external_id"], text="Thank you, Bob!", occurred_at=at(hours=3))
    batches = {
        "comment first": [[comment], [reply], [comment, reply]],
        "reply first": [[reply], [comment], [reply, comment]],
        "together": [[comment, reply]] * 2,
        "together, reply first": [[reply, comment]] * 2,
    }[order]
    for batch in batches:
        await play.accepts(*batch)
    told = await play.recorded()
    assert len(told) == 2
    (answer,) = replies(told)
    assert (answer.person, answer.colleague_id) == (play.key("bob"), colleague)
    assert answer.asked_at is not None
    assert (answer.asked_at.isoformat(), answer.occurred_at.isoformat()) == (at(hours=2), at(hours=3))
    assert (answer.words, answer.text_key) == (3, play.running.parts.person_keys.of_text("thank you bob"))
    counted = {row["kind"]: row["counted"] for row in (await play.numbers(share))["interactions"]}
    assert counted == {"comment": 1, "reply": 1}


async def test_a_comment_brings_all_replies_that_wait_for_it(play: Play) -> None:
    share = await play.publishes()
    comment = interaction(share, "comment")
    await play.accepts(*(interaction(share, "reply", answers=comment["external_id"]) for _ in range(3)))
    assert await play.recorded() == []
    await play.accepts(comment)
    assert len(replies(await play.recorded())) == 3


async def test_a_reply_to_a_comment_on_another_share_or_from_another_source_waits(play: Play) -> None:
    share, other = await play.publishes(), await play.publishes()
    comment = interaction(share, "comment")
    await play.accepts(
        comment,
        interaction(other, "reply", answers=comment["external_id"]),
        interaction(share, "reply", answers=comment["external_id"], source="another"),
        interaction(share, "reply", answers=interaction(share)["external_id"]),
    )
    assert replies(await play.recorded()) == []


async def test_an_answer_to_ones_own_comment_is_not_told(play: Play) -> None:
    author = new_id()
    await play.consents(author, "author")
    share = await play.publishes(author)
    comment = interaction(share, "comment", person="author")
    await play.accepts(comment, interaction(share, "reply", person="author", answers=comment["external_id"]))
    assert await play.recorded() == []
    rows = (await play.numbers(share))["interactions"]
    assert rows == [{"kind": "comment", "counted": 0, "own": 1}, {"kind": "reply", "counted": 0, "own": 1}]


async def test_copies_of_one_answer_have_one_key_and_their_words_are_nowhere(play: Play) -> None:
    share = await play.publishes()
    comments = [interaction(share, "comment") for _ in range(3)]
    texts = ["Merci beaucoup à vous", "MERCI beaucoup, à vous!", "Something else entirely"]
    await play.accepts(
        *comments,
        *(
            interaction(share, "reply", answers=comment["external_id"], text=text)
            for comment, text in zip(comments, texts, strict=True)
        ),
    )
    keys = [one.text_key for one in sorted(replies(await play.recorded()), key=lambda one: one.words or 0)]
    assert len(set(keys)) == 2
    rows = await play.running.rows(
        "SELECT i::text AS line FROM interaction i WHERE programme_id = :p", p=play.programme_id
    )
    assert len(rows) == 6
    assert not [row for row in rows if "erci" in row["line"].casefold()]


async def test_a_reply_by_somebody_else_is_quarantined(play: Play) -> None:
    author = new_id()
    await play.consents(author, "author", PUBLISHED)
    share = await play.publishes(author)
    comment = interaction(share, "comment")
    reply = interaction(share, "reply", person="bob", answers=comment["external_id"])
    receipt = await play.receipt((await play.accepts(comment, reply))["receipt_id"])
    assert (receipt["new"], receipt["quarantined"]) == (1, 1)
    assert [(one["place"], one["reason"]) for one in receipt["first_quarantined"]] == [(1, "not-the-author")]
    assert replies(await play.recorded()) == []
