"""What the networks' notices of something taken back name, and what they do not."""

import json
from typing import Any

import pytest

from services.engagement.webhooks.domain import linkedin, meta, x
from services.engagement.webhooks.domain.notices import Act, Ignored, Notice, TakenBack, Unused, moment

AT = 1_763_000_000_000


def of_meta(item: str, verb: str, **other: object) -> Notice:
    value = {"item": item, "verb": verb, "post_id": "1_2", "created_time": AT // 1000, "from": {"id": "U9"}, **other}
    entry = {"id": "1", "changes": [{"field": "feed", "value": value}]}
    (notice,) = meta.notices_in(json.dumps({"object": "page", "entry": [entry]}))
    return notice


def of_x(**events: Any) -> Notice:
    (notice,) = x.notices_in(json.dumps({"for_user_id": "77", **events}))
    return notice


def of_linkedin(action: str, **other: object) -> Notice:
    told = {"notificationId": 1, "action": action, "sourcePost": "urn:li:activity:1", "lastModifiedAt": AT, **other}
    (notice,) = linkedin.notices_in(json.dumps({"type": linkedin.KIND, "notifications": [told]}))
    return notice


def deleted(**status: str) -> Notice:
    return of_x(tweet_delete_events=[{"status": status, "timestamp_ms": AT}])


@pytest.mark.parametrize(
    ("notice", "external_id"),
    [
        (of_meta("comment", "remove", comment_id="2_3"), "2_3"),
        (of_meta("comment", "delete", comment_id="2_3", **{"from": None}), "2_3"),
        (of_meta("share", "remove", share_id="S1"), "S1"),
        (deleted(id="5", user_id="88"), "5"),
        (deleted(id="6", user_id="77"), "6"),
        (of_linkedin("COMMENT_DELETE", generatedActivity="urn:li:comment:(activity:1,42)"), "comment:42"),
        (
            of_linkedin(
                "COMMENT_DELETE",
                decoratedGeneratedActivity={"comment": {"entity": "urn:li:comment:(urn:li:activity:1,42)"}},
            ),
            "comment:42",
        ),
    ],
    ids=str,
)
def test_what_is_taken_back_has_the_id_under_which_it_counted(notice: Notice, external_id: str) -> None:
    assert isinstance(notice, TakenBack)
    assert (notice.external_id, notice.only_once, notice.occurred_at) == (external_id, None, moment(AT))


@pytest.mark.parametrize("item", ["reaction", "like"])
def test_a_reaction_without_an_id_is_named_as_it_was_when_it_was_added(item: str) -> None:
    added, removed = of_meta(item, "add"), of_meta(item, "remove")
    assert isinstance(added, Act)
    assert isinstance(removed, TakenBack)
    assert removed.only_once == added.only_once is not None
    assert removed.external_id is None


def test_another_person_or_post_is_another_reaction() -> None:
    names = {
        getattr(one, "only_once")  # noqa: B009 - the test fails where there is none
        for one in (
            of_meta("reaction", "remove"),
            of_meta("reaction", "remove", post_id="1_3"),
            of_meta("reaction", "remove", **{"from": {"id": "U8"}}),
        )
    }
    assert len(names) == 3


@pytest.mark.parametrize(
    "notice",
    [
        of_meta("comment", "remove"),
        of_meta("comment", "remove", share_id="S1"),
        of_meta("share", "remove", comment_id="2_3"),
        of_meta("reaction", "remove", **{"from": None}),
        of_meta("event_rsvp", "remove", comment_id="2_3"),
        deleted(user_id="88"),
        of_x(follow_events=[{"type": "unfollow", "created_timestamp": AT, "source": {"id": "88"}}]),
        of_linkedin("COMMENT_DELETE"),
        of_linkedin("COMMENT_DELETE", generatedActivity="urn:li:share:42"),
    ],
    ids=str,
)
def test_what_is_not_named_is_listed(notice: Notice) -> None:
    assert isinstance(notice, Unused)
    assert notice.reason == "withdrawn"


def test_reactions_to_comments_are_nothing_new_whether_they_come_or_go() -> None:
    assert {type(of_meta("reaction", verb, comment_id="2_3")) for verb in ("add", "remove")} == {Ignored}
