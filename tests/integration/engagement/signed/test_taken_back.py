"""What networks take back counts no longer, in whichever order it comes; what they do not name is listed."""

import json
from typing import Any

import pytest

from libs.clock import new_id
from services.engagement.app import appliers_of
from services.engagement.quarantine import service as quarantine
from tests.integration.engagement.play import Play
from tests.integration.engagement.signed.senders import tell
from tests.integration.engagement.signed.test_notices import (
    ALICE,
    AT,
    BOB,
    kinds,
    linkedin,
    meta,
    waiting,
    x_account,
    x_answer,
    x_post,
)


def x_deleted(id_: str, by: str = "88") -> dict[str, Any]:
    return x_account(tweet_delete_events=[{"status": {"id": id_, "user_id": by}, "timestamp_ms": AT * 1000}])


def x_like(id_: str, post: str) -> dict[str, Any]:
    status = {"id_str": post, "user": ALICE}
    return x_account(favorite_events=[{"id": id_, "timestamp_ms": AT * 1000, "favorited_status": status, "user": BOB}])


def linkedin_comment(action: str, activity: int, id_: int) -> dict[str, Any]:
    written = {"comment": {"owner": "urn:li:person:zLqTygBP8S"}} if action == "COMMENT" else {}
    urn = f"urn:li:comment:(activity:{activity},{id_})"
    return linkedin(action, activity, generatedActivity=urn, decoratedGeneratedActivity=written)


TAKEN_BACK: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "a comment on Facebook": (
        "meta",
        "https://www.facebook.com/corp/posts/930001",
        meta("comment", "add", 930001, comment_id="930001_1"),
        meta("comment", "remove", 930001, comment_id="930001_1"),
    ),
    "a reaction on Facebook, which has no id": (
        "meta",
        "https://www.facebook.com/corp/posts/930002",
        meta("reaction", "add", 930002, reaction_type="love"),
        meta("reaction", "remove", 930002, reaction_type="love", created_time=AT + 9),
    ),
    "a share on Facebook": (
        "meta",
        "https://www.facebook.com/corp/posts/930003",
        meta("share", "add", 930003, share_id="S93"),
        meta("share", "remove", 930003, share_id="S93"),
    ),
    "an answer on X": (
        "x",
        "https://x.com/alice/status/930004",
        x_account(tweet_create_events=[x_answer("930005", BOB, "930004", ALICE)]),
        x_deleted("930005"),
    ),
    "a repost on X": (
        "x",
        "https://x.com/alice/status/930006",
        x_account(tweet_create_events=[x_post("930007", BOB, retweeted_status={"id_str": "930006", "user": ALICE})]),
        x_deleted("930007"),
    ),
    "a comment on LinkedIn": (
        "linkedin",
        "https://www.linkedin.com/feed/update/urn:li:activity:930008",
        linkedin_comment("COMMENT", 930008, 93),
        linkedin_comment("COMMENT_DELETE", 930008, 93),
    ),
}


@pytest.mark.parametrize("what", TAKEN_BACK)
@pytest.mark.parametrize("late", [False, True], ids=["in order", "taken back before it comes"])
async def test_what_a_network_takes_back_counts_no_longer_and_asks_nobody(play: Play, what: str, *, late: bool) -> None:
    network, url, made, gone = TAKEN_BACK[what]
    if late:  # another post, so that the two tests do not meet
        url, made, gone = json.loads(json.dumps([url, made, gone]).replace("9300", "9310").replace("S93", "S94"))
    share = await play.publishes(post_url=url, network="facebook" if network == "meta" else network)
    before = await play.running.rows("SELECT count(*) AS n FROM quarantined")
    for payload in (gone, made, gone) if late else (made, gone, gone):
        await tell(play.running, network, payload)
    assert (await play.numbers(share))["interactions"] == []
    assert len(await play.recorded()) == len(await play.withdrawn()) == (not late)
    assert await play.running.rows("SELECT count(*) AS n FROM quarantined") == before


async def test_a_reply_that_its_account_deletes_on_x_counts_no_longer(play: Play) -> None:
    share = await play.publishes(new_id(), post_url="https://x.com/alice/status/935001", network="x")
    posts = [x_answer("935002", BOB, "935001", ALICE), x_answer("935003", ALICE, "935002", BOB, text="@Bob thanks")]
    await tell(play.running, "x", x_account(tweet_create_events=posts))
    parts = play.running.parts
    async with parts.db.transaction() as tx:  # what the round does once a minute
        await quarantine.retry_found(tx, appliers_of(parts), now=parts.clock.now())
    assert await kinds(play) == ["comment", "reply"]
    await tell(play.running, "x", x_deleted("935003", by="77"))
    assert (await play.numbers(share))["interactions"] == [{"kind": "comment", "counted": 1, "own": 0}]


async def test_a_reaction_to_a_comment_that_is_removed_leaves_the_comment(play: Play) -> None:
    share = await play.publishes(post_url="https://www.facebook.com/corp/posts/936001", network="facebook")
    await tell(play.running, "meta", meta("comment", "add", 936001, comment_id="936001_1"))
    await tell(play.running, "meta", meta("reaction", "remove", 936001, comment_id="936001_1"))
    assert (await play.numbers(share))["interactions"] == [{"kind": "comment", "counted": 1, "own": 0}]


async def test_a_like_on_x_is_never_said_to_be_taken_back(play: Play) -> None:
    share = await play.publishes(post_url="https://x.com/alice/status/937001", network="x")
    await tell(play.running, "x", x_like("937002", "937001"))
    await tell(play.running, "x", x_deleted("937002"))  # the id of a post, not of a like
    assert (await play.numbers(share))["interactions"] == [{"kind": "reaction", "counted": 1, "own": 0}]


UNNAMED: list[tuple[str, dict[str, Any]]] = [
    ("meta", meta("comment", "remove", 938001)),
    ("meta", meta("reaction", "remove", 938002, **{"from": None})),
    ("x", x_account(follow_events=[{"type": "unfollow", "created_timestamp": AT * 1000, "source": BOB}])),
    ("x", x_account(tweet_delete_events=[{"status": {}, "timestamp_ms": AT * 1000}])),
    ("linkedin", linkedin("COMMENT_DELETE", 938003)),
]


@pytest.mark.parametrize(("network", "payload"), UNNAMED, ids=[str(n) for n in range(len(UNNAMED))])
async def test_what_is_taken_back_and_not_named_is_listed_for_an_operator(
    play: Play, network: str, payload: dict[str, Any]
) -> None:
    known = {one["id"] for one in await waiting(play, network)}
    await tell(play.running, network, payload)
    (one,) = [one for one in await waiting(play, network) if one["id"] not in known]
    assert one["reason"] == "withdrawn"
    assert one["item"]["why"]


async def test_the_receipt_of_a_delivery_counts_what_it_takes_back(play: Play) -> None:
    await play.publishes(post_url="https://x.com/alice/status/939001", network="x")
    both = x_account(tweet_create_events=[x_answer("939002", BOB, "939001", ALICE)]) | x_deleted("939003")
    await tell(play.running, "x", both)
    (row,) = await play.running.rows(
        "SELECT r.* FROM receipt r JOIN interaction_withdrawal w USING (receipt_id) WHERE w.external_id = '939003'"
    )
    assert (row["accepted"], row["new"], row["duplicates"], row["quarantined"]) == (2, 2, 0, 0)
