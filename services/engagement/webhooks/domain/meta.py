"""What Meta tells of a page: changes of its feed.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed

Reactions have no id: a person reacts to a post once. People are named by ids that are the page's own.
What is removed is named as what was added.
"""

from datetime import datetime

from pydantic import Field

from services.engagement.webhooks.domain.notices import (
    Act,
    Form,
    Ignored,
    Notice,
    Seconds,
    TakenBack,
    Unused,
    listed,
    moment,
    object_in,
    read,
    unsupported,
)

POST = "https://www.facebook.com/{}"
OWN = {"status", "post", "photo", "video", "album", "event", "milestone", "note"}  # what the page itself publishes
ADDED = {"add"}
CHANGED = {"edit", "edited", "hide", "unhide", "update"}
REMOVED = {"remove", "delete"}
REACTIONS = {"reaction", "like"}


class _From(Form):
    id: str


class _Value(Form):
    item: str
    verb: str
    created_time: Seconds
    post_id: str | None = None
    comment_id: str | None = None
    parent_id: str | None = None
    share_id: str | None = None
    message: str | None = None
    sender: _From | None = Field(default=None, validation_alias="from")


class _Change(Form):
    field: str
    value: object = None


class _Entry(Form):
    id: str
    changes: tuple[_Change, ...] = ()


def notices_in(body: str) -> list[Notice]:
    """Return what a delivery says."""
    found = object_in(body)
    if found is None or found.get("object") != "page":
        return [unsupported("delivery", "is not of a page")]
    notices: list[Notice] = []
    for raw in listed(found.get("entry")):
        entry = read(_Entry, raw, "entry")
        notices += [entry] if isinstance(entry, Unused) else [_notice(entry.id, change) for change in entry.changes]
    return notices


def _notice(page: str, change: _Change) -> Notice:
    if change.field != "feed":
        return unsupported(change.field, "is a field that is not known here")
    value = read(_Value, change.value, "feed")
    if isinstance(value, Unused):
        return value
    if value.item in OWN or value.verb in CHANGED:
        return Ignored(value.item)
    if value.post_id is None:
        return unsupported(value.item, "names no post")
    return _change(page, value, POST.format(value.post_id))


def _change(page: str, value: _Value, url: str) -> Notice:
    at = moment(value.created_time * 1000)
    if value.item in REACTIONS and value.comment_id:
        return Ignored(value.item)  # to a comment, not to the post
    if value.verb in REMOVED:
        return _removed(value, url, at)
    if value.verb not in ADDED:
        return unsupported(value.item, "is a change that is not known here")
    return _added(page, value, url, at)


def _removed(value: _Value, url: str, at: datetime) -> Notice:
    if value.item in REACTIONS and value.sender:
        return TakenBack(what=value.item, occurred_at=at, only_once=_once(value.post_id, value.sender.id))
    id_ = {"comment": value.comment_id, "share": value.share_id}.get(value.item)
    if id_ is not None:
        return TakenBack(what=value.item, occurred_at=at, external_id=id_)
    return Unused(
        reason="withdrawn",
        what=value.item,
        why="was removed, and the notice does not say which or whose",
        post_url=url,
        occurred_at=at,
        person=value.sender.id if value.sender else None,
    )


def _added(page: str, value: _Value, url: str, at: datetime) -> Notice:
    person = value.sender.id if value.sender else None
    if value.item in REACTIONS:
        if person is None:
            return unsupported(value.item, "names nobody")
        once = _once(value.post_id, person)
        return Act(kind="reaction", post_url=url, person=person, occurred_at=at, only_once=once)
    if value.item == "share":
        return Act(kind="reshare", post_url=url, person=person, occurred_at=at, external_id=value.share_id)
    if value.item != "comment" or value.comment_id is None:
        return unsupported(value.item, "is an item that is not known here")
    # only the page can write under the page's id
    nested = value.parent_id if value.parent_id not in {None, value.post_id} else None
    answers = nested if person == page else None
    return Act(
        kind="reply" if answers else "comment",
        post_url=url,
        person=None if answers else person,
        occurred_at=at,
        external_id=value.comment_id,
        answers=answers,
        text=value.message if answers else None,
    )


def _once(post_id: str | None, person: str) -> str:
    return f"reaction {post_id} {person}"
