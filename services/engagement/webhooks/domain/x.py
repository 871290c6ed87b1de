"""What X tells of an account: likes, posts that answer, quote or repost its own, mentions, follows.

https://docs.x.com/x-api/account-activity/introduction

A notice says what a post answers, not which post the thread begins with: so the address of each answer is kept beside
the one that it answers. What the account itself likes, quotes or reposts is ignored, as are its messages and blocks.
Of what is taken back X tells deleted posts, of others and of the account, and unfollows, but no likes.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from services.engagement.webhooks.domain.notices import (
    Act,
    Form,
    Ignored,
    Milliseconds,
    Notice,
    TakenBack,
    Unused,
    listed,
    moment,
    object_in,
    read,
    unsupported,
)

STATUS = "https://x.com/i/status/{}"
NAMES_IN_FRONT = re.compile(r"^(?:\s*@\w+)+\s*")
ABOUT = {"for_user_id", "user_has_blocked", "is_blocked_by", "users", "apps"}
PRIVATE = {
    "direct_message_events",
    "direct_message_indicate_typing_events",
    "direct_message_mark_read_events",
    "block_events",
    "unblock_events",
    "mute_events",
    "unmute_events",
    "user_event",
}


class _User(Form):
    id_str: str = Field(validation_alias="id")
    screen_name: str | None = None


class _Status(Form):
    id_str: str
    user: _User | None = None


class _Link(Form):
    expanded_url: str | None = None


class _Entities(Form):
    urls: tuple[_Link, ...] = ()


class _Whole(Form):
    full_text: str


class _Post(Form):
    id_str: str
    user: _User
    timestamp_ms: Milliseconds
    text: str | None = None
    extended_tweet: _Whole | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    retweeted_status: _Status | None = None
    quoted_status: _Status | None = None
    entities: _Entities = _Entities()


class _Like(Form):
    id: str
    timestamp_ms: Milliseconds
    favorited_status: _Status
    user: _User


class _Follow(Form):
    type: str
    created_timestamp: Milliseconds
    source: _User


class _Deleted(Form):
    status: Mapping[str, str]
    timestamp_ms: Milliseconds


def notices_in(body: str) -> list[Notice]:
    """Return what a delivery says."""
    found = object_in(body)
    account = str(found.get("for_user_id", "")) if found else ""
    if found is None or not account:
        return [unsupported("delivery", "names no account")]
    return [
        _notice(what, raw, account)
        for what, events in found.items()
        if what not in ABOUT
        for raw in ([None] if what in PRIVATE else listed(events))
    ]


def _notice(what: str, raw: object, account: str) -> Notice:
    if what in PRIVATE:
        return Ignored(what)
    if what == "favorite_events":
        like = read(_Like, raw, what)
        return like if isinstance(like, Unused) else _like(what, like, account)
    if what == "tweet_create_events":
        post = read(_Post, raw, what)
        return post if isinstance(post, Unused) else _post(what, post, account)
    if what in {"follow_events", "unfollow_events"}:
        follow = read(_Follow, raw, what)
        return follow if isinstance(follow, Unused) else _follow(what, follow, account)
    if what == "tweet_delete_events":
        deleted = read(_Deleted, raw, what)
        return deleted if isinstance(deleted, Unused) else _deleted(what, deleted)
    return unsupported(what, "is an event that is not known here")


def _like(what: str, like: _Like, account: str) -> Notice:
    status = like.favorited_status
    if status.user is None or status.user.id_str != account:
        return Ignored(what)
    at = moment(like.timestamp_ms)
    url = STATUS.format(status.id_str)
    return Act(kind="reaction", post_url=url, person=_name(like.user), occurred_at=at, external_id=f"like:{like.id}")


def _post(what: str, post: _Post, account: str) -> Notice:
    at, other = moment(post.timestamp_ms), post.retweeted_status or post.quoted_status
    if other is not None:
        if other.user is None or other.user.id_str != account:
            return Ignored(what)
        url = STATUS.format(other.id_str)
        return Act(kind="reshare", post_url=url, person=_name(post.user), occurred_at=at, external_id=post.id_str)
    if post.in_reply_to_status_id_str is not None:
        return _answer(post, at, account)
    if post.user.id_str == account:
        return Ignored(what)  # its own posts are no interactions
    linked = next((link.expanded_url for link in post.entities.urls if _is_status(link.expanded_url)), None)
    if linked is None:
        return unsupported(what, "mentions the account and names no post")
    return Act(kind="mention", post_url=linked, person=_name(post.user), occurred_at=at, external_id=post.id_str)


def _answer(post: _Post, at: datetime, account: str) -> Act:
    asked = str(post.in_reply_to_status_id_str)
    # one who answers themselves goes on; the account that answers another gives a reply
    replies = post.user.id_str == account != post.in_reply_to_user_id_str
    return Act(
        kind="reply" if replies else "comment",
        post_url=STATUS.format(asked),
        person=_name(post.user),
        occurred_at=at,
        external_id=post.id_str,
        answers=asked if replies else None,
        text=_own_words(post) if replies else None,
        own_url=STATUS.format(post.id_str),
    )


def _follow(what: str, follow: _Follow, account: str) -> Notice:
    if follow.source.id_str == account:
        return Ignored(what)
    at, person = moment(follow.created_timestamp), _name(follow.source)
    if follow.type == "unfollow":
        return Unused(reason="withdrawn", what=what, why="a follow belongs to no post", occurred_at=at, person=person)
    why = "a follow belongs to no post"
    return Unused(reason="unsupported-form", what=what, why=why, occurred_at=at, person=person)


def _deleted(what: str, deleted: _Deleted) -> Notice:
    """Return what a deleted post takes back: an answer, a repost, a mention, or the account's own reply."""
    at = moment(deleted.timestamp_ms)
    if id_ := deleted.status.get("id"):
        return TakenBack(what=what, occurred_at=at, external_id=id_)
    why = "a post was deleted, and the notice does not say which"
    return Unused(reason="withdrawn", what=what, why=why, occurred_at=at)


def _own_words(post: _Post) -> str | None:
    """Return the text without the names in front, which X puts before every answer."""
    text = post.extended_tweet.full_text if post.extended_tweet else post.text
    return NAMES_IN_FRONT.sub("", text) if text is not None else None


def _name(user: _User) -> str:
    return user.screen_name or user.id_str


def _is_status(url: str | None) -> bool:
    return url is not None and "/status/" in url
