"""What networks tell, and what becomes of it."""

from typing import Any

from libs.clock import new_id
from services.engagement.app import appliers_of
from services.engagement.quarantine import service as quarantine
from tests.integration.engagement.play import PUBLISHED, Play
from tests.integration.engagement.signed.senders import tell

AT = int(PUBLISHED.timestamp()) + 3600
ALICE, BOB = {"id": "77", "id_str": "77", "screen_name": "alice"}, {"id": "88", "id_str": "88", "screen_name": "Bob"}
PERSONAL = ("Personal", "bob", "Bob", "zLqTygBP8S", "U-9")


def x_account(**events: object) -> dict[str, Any]:
    return {"for_user_id": "77", **events}


def x_post(id_: str, by: dict[str, str], **other: object) -> dict[str, Any]:
    return {"id_str": id_, "user": by, "timestamp_ms": str(AT * 1000), "text": "Personal words", **other}


def x_answer(id_: str, by: dict[str, str], to: str, whom: dict[str, str], **other: object) -> dict[str, Any]:
    return x_post(id_, by, in_reply_to_status_id_str=to, in_reply_to_user_id_str=whom["id"], **other)


def linkedin(action: str, activity: int, **other: object) -> dict[str, Any]:
    notification = {
        "notificationId": -1266172823,
        "action": action,
        "sourcePost": f"urn:li:activity:{activity}",
        "lastModifiedAt": AT * 1000,
        "organizationalEntity": "urn:li:organization:96072893",
        **other,
    }
    return {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [notification]}


def meta(item: str, verb: str, post: int, **other: object) -> dict[str, Any]:
    value = {
        "item": item,
        "verb": verb,
        "post_id": f"1001_{post}",
        "created_time": AT,
        "from": {"id": "U-9", "name": "Personal Name"},
        **other,
    }
    return {"object": "page", "entry": [{"id": "1001", "time": AT, "changes": [{"field": "feed", "value": value}]}]}


async def waiting(play: Play, text: str) -> list[dict[str, Any]]:
    """What of no programme lies in the quarantine and holds a text."""
    answer = await play.running.caller("manager").get("/quarantine", params={"q": text, "limit": "100"})
    return [one for one in answer.json()["items"] if one["programme_id"] is None]


async def kinds(play: Play) -> list[str]:
    return sorted(told.kind for told in await play.recorded())


async def test_x_likes_reposts_quotes_and_mentions_with_a_link_count_on_the_post(play: Play) -> None:
    await play.publishes(post_url="https://x.com/alice/status/500001", network="x")
    post = {"id_str": "500001", "user": ALICE}
    like = {"id": "a1b2", "timestamp_ms": AT * 1000, "favorited_status": post, "user": BOB}
    link = {"urls": [{"expanded_url": "https://twitter.com/alice/status/500001?s=46"}]}
    await tell(
        play.running,
        "x",
        x_account(
            favorite_events=[like],
            tweet_create_events=[
                x_post("500002", BOB, retweeted_status=post),
                x_post("500003", BOB, quoted_status=post),
                x_post("500004", BOB, entities=link),
                x_post("500005", ALICE),
            ],
        ),
    )
    assert await kinds(play) == ["mention", "reaction", "reshare", "reshare"]
    assert {told.person for told in await play.recorded()} == {play.key("bob", "x")}


async def test_x_answers_of_an_author_meet_comments_in_whichever_order_they_come(play: Play) -> None:
    author = new_id()
    await play.publishes(author, post_url="https://x.com/alice/status/600001", network="x")
    reply = x_answer("600003", ALICE, "600002", BOB, text="@Bob @carol thank you very much indeed")
    nested = x_answer("600004", BOB, "600003", ALICE)
    comment = x_answer("600002", BOB, "600001", ALICE)
    for post in (nested, reply, comment):
        await tell(play.running, "x", x_account(tweet_create_events=[post]))
    parts = play.running.parts
    async with parts.db.transaction() as tx:  # what the round does once a minute
        await quarantine.retry_found(tx, appliers_of(parts), now=parts.clock.now())
    assert await kinds(play) == ["comment", "comment", "reply"]
    (told,) = [told for told in await play.recorded() if told.kind == "reply"]
    assert (told.person, told.words) == (play.key("bob", "x"), 5)


async def test_what_waits_for_a_comment_on_x_is_applied_by_itself_when_the_post_is_told_of(play: Play) -> None:
    for post in (x_answer("650002", BOB, "650001", ALICE), x_answer("650003", ALICE, "650002", BOB)):
        await tell(play.running, "x", x_account(tweet_create_events=[post]))
    assert await kinds(play) == []
    await play.publishes(post_url="https://x.com/alice/status/650001", network="x")
    assert await kinds(play) == ["comment", "reply"]


async def test_what_an_account_on_x_does_elsewhere_and_in_private_is_ignored(play: Play) -> None:
    before = await play.running.rows("SELECT count(*) AS n FROM quarantined")
    foreign = {"id_str": "700009", "user": BOB}
    await tell(
        play.running,
        "x",
        x_account(
            favorite_events=[{"id": "z9", "timestamp_ms": AT * 1000, "favorited_status": foreign, "user": ALICE}],
            tweet_create_events=[x_post("700010", ALICE, retweeted_status=foreign)],
            follow_events=[{"type": "follow", "created_timestamp": AT * 1000, "target": BOB, "source": ALICE}],
            direct_message_events=[{"message": "Personal"}],
            block_events=[{"source": ALICE}],
        ),
    )
    assert await play.running.rows("SELECT count(*) AS n FROM quarantined") == before


async def test_follows_and_bare_mentions_on_x_are_listed_because_they_belong_to_no_post(play: Play) -> None:
    follow = {"type": "follow", "created_timestamp": AT * 1000 + 7, "target": ALICE, "source": BOB}
    await tell(play.running, "x", x_account(follow_events=[follow], tweet_create_events=[x_post("710001", BOB)]))
    found = {one["item"]["what"]: one for one in await waiting(play, "x")}
    assert found["follow_events"]["reason"] == found["tweet_create_events"]["reason"] == "unsupported-form"
    assert found["follow_events"]["item"]["why"] == "a follow belongs to no post"


async def test_linkedin_comments_and_shares_count_under_either_name_of_the_post(play: Play) -> None:
    """The notification names an activity, and the share's address the other name of the same post."""
    share = await play.publishes(post_url="https://www.linkedin.com/feed/update/urn:li:share:810002/")
    post = {"entity": "urn:li:share:810002", "owner": "urn:li:organization:96072893", "text": "Personal"}
    written = {"comment": {"owner": "urn:li:person:zLqTygBP8S", "text": "Personal words"}}
    shared = {"share": {"owner": "urn:li:person:zLqTygBP8S", "entity": "urn:li:share:810777"}}
    comment = "urn:li:comment:(activity:810001,7094977717598625792)"
    for payload in (
        linkedin(
            "COMMENT",
            810001,
            decoratedSourcePost=post,
            generatedActivity=comment,
            decoratedGeneratedActivity=written,
        ),
        linkedin(
            "SHARE",
            810001,
            decoratedSourcePost=post,
            generatedActivity="urn:li:share:810777",
            decoratedGeneratedActivity=shared,
        ),
        # a second administrator is told of the same comment under another notification
        linkedin(
            "COMMENT",
            810001,
            notificationId=12,
            decoratedSourcePost=post,
            generatedActivity="urn:li:comment:(urn:li:activity:810001,7094977717598625792)",
            decoratedGeneratedActivity=written,
        ),
        linkedin("COMMENT_EDIT", 810001, decoratedSourcePost=post, generatedActivity=comment),
    ):
        await tell(play.running, "linkedin", payload)
    assert await kinds(play) == ["comment", "reshare"]
    assert {told.share_id for told in await play.recorded()} == {share.share_id}


async def test_a_linkedin_comment_before_its_share_is_applied_when_the_share_is_told_of_under_its_other_name(
    play: Play,
) -> None:
    post = {"entity": "urn:li:ugcPost:820002", "owner": "urn:li:organization:1"}
    written = {"comment": {"owner": "urn:li:person:zLqTygBP8S"}}
    comment = "urn:li:comment:(activity:820001,71)"
    await tell(
        play.running,
        "linkedin",
        linkedin(
            "COMMENT", 820001, decoratedSourcePost=post, generatedActivity=comment, decoratedGeneratedActivity=written
        ),
    )
    assert await kinds(play) == []
    await play.publishes(
        post_url="https://www.linkedin.com/posts/corp_we-are-hiring-ugcPost-820002-x_Yz?utm_source=share"
    )
    assert await kinds(play) == ["comment"]


async def test_a_reply_by_the_author_of_a_linkedin_post_answers_the_comment(play: Play) -> None:
    await play.publishes(post_url="https://www.linkedin.com/feed/update/urn:li:activity:830001")
    post = {"entity": "urn:li:activity:830001", "owner": "urn:li:organization:1"}
    asked, answered = "urn:li:comment:(activity:830001,81)", "urn:li:comment:(activity:830001,82)"
    reply = {"comment": {"owner": "urn:li:organization:1", "text": "Many thanks", "parentComment": asked}}
    comment = {"comment": {"owner": "urn:li:person:zLqTygBP8S"}}
    for action, urn, generated in (("ADMIN_COMMENT", answered, reply), ("COMMENT", asked, comment)):
        await tell(
            play.running,
            "linkedin",
            linkedin(
                action, 830001, decoratedSourcePost=post, generatedActivity=urn, decoratedGeneratedActivity=generated
            ),
        )
    assert await kinds(play) == ["comment", "reply"]


async def test_a_linkedin_like_names_nobody_and_is_listed(play: Play) -> None:
    await tell(play.running, "linkedin", linkedin("LIKE", 840001, notificationId=-2957327544))
    (one,) = await waiting(play, "notification:-2957327544")
    assert (one["kind"], one["reason"], one["post_url"]) == (
        "webhook",
        "unsupported-form",
        "https://www.linkedin.com/feed/update/urn:li:activity:840001",
    )
    again = await play.running.caller("manager").post(f"/quarantine/{one['id']}:retry")
    assert (again.json()["state"], again.json()["tries"]) == ("open", 1)


async def test_meta_reactions_comments_and_shares_count_and_a_person_reacts_once(play: Play) -> None:
    await play.publishes(post_url="https://www.facebook.com/corp/posts/910001", network="facebook")
    for payload in (
        meta("reaction", "add", 910001, reaction_type="like"),
        meta("reaction", "edit", 910001, reaction_type="love"),
        meta("reaction", "add", 910001, reaction_type="wow", created_time=AT + 60),
        meta("reaction", "add", 910001, comment_id="910001_7", reaction_type="like"),
        meta("comment", "add", 910001, comment_id="910001_7", parent_id="1001_910001", message="Personal"),
        meta("comment", "edited", 910001, comment_id="910001_7", parent_id="1001_910001", message="Personal 2"),
        meta("share", "add", 910001, share_id="S1"),
        meta("status", "add", 910001, **{"from": {"id": "1001"}}),
    ):
        await tell(play.running, "meta", payload)
    assert await kinds(play) == ["comment", "reaction", "reshare"]


async def test_a_page_that_answers_on_facebook_replies(play: Play) -> None:
    await play.publishes(
        post_url="https://www.facebook.com/permalink.php?story_fbid=920001&id=1001", network="facebook"
    )
    page = {"from": {"id": "1001", "name": "Corp"}}
    comment = meta("comment", "add", 920001, comment_id="920001_1", parent_id="1001_920001")
    reply = meta("comment", "add", 920001, comment_id="920001_2", parent_id="920001_1", message="Thank you", **page)
    for payload in (reply, comment):
        await tell(play.running, "meta", payload)
    assert await kinds(play) == ["comment", "reply"]


async def test_one_unreadable_notice_keeps_no_other_from_counting(play: Play) -> None:
    await play.publishes(post_url="https://x.com/alice/status/950001", network="x")
    broken = {"id_str": "950002", "user": {"name": "Personal"}}
    future = x_answer("950004", BOB, "950001", ALICE) | {"timestamp_ms": str((AT + 40 * 365 * 86400) * 1000)}
    good = x_answer("950003", BOB, "950001", ALICE)
    await tell(play.running, "x", x_account(tweet_create_events=[broken, future, good], new_kind_events=[{"a": 1}]))
    assert await kinds(play) == ["comment"]
    (one,) = await waiting(play, "950004")
    assert one["reason"] == "impossible-time"
    found = {one["item"]["why"] for one in await waiting(play, "x") if one["kind"] == "webhook"}
    assert "cannot be read: timestamp_ms, user.id" in found
    assert "is an event that is not known here" in found


async def test_names_texts_and_handles_are_stored_nowhere_behind_the_door(play: Play) -> None:
    await play.publishes(post_url="https://www.facebook.com/corp/posts/960001", network="facebook")
    follow = {"type": "follow", "created_timestamp": AT * 1000 + 9, "target": ALICE, "source": BOB}
    posts = [x_post("960002", BOB), x_answer("960003", BOB, "960004", ALICE), {"id_str": "Personal", "user": BOB}]
    await tell(play.running, "x", x_account(follow_events=[follow], tweet_create_events=posts))
    for payload in (
        meta("reaction", "add", 960001),
        meta("reaction", "add", 960001, created_time=AT + 60),
        meta("comment", "add", 960001, comment_id="960001_1", message="Personal"),
        meta("comment", "remove", 960001, comment_id="960001_1", message="Personal"),
    ):
        await tell(play.running, "meta", payload)
    for table in (
        "interaction",
        "interaction_conflict",
        "interaction_withdrawal",
        "quarantined",
        "post_alias",
        "outbox",
    ):
        rows = await play.running.rows(f"SELECT t::text AS line FROM {table} t")  # noqa: S608 - names of ours
        assert not [row["line"] for row in rows for word in PERSONAL if word in row["line"]], table
