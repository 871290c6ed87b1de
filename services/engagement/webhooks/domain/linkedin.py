"""What LinkedIn tells of a page: organization social action notifications.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-social-action-notifications

People are named by URN (`urn:li:person:…`), and likes mostly without anybody: those cannot be counted one by one.
Of all that people take back, LinkedIn tells of deleted comments alone.
"""

import re

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

KIND = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
COMMENT = re.compile(r"urn:li:comment:\(.+,([0-9]+)\)")
WRITTEN = {"COMMENT", "ADMIN_COMMENT"}


class _Written(Form):
    entity: str | None = None
    owner: str | None = None
    text: str | None = None
    parentComment: str | None = None  # noqa: N815 - LinkedIn's name


class _Generated(Form):
    comment: _Written | None = None
    share: _Written | None = None
    like: _Written | None = None


class _Notification(Form):
    action: str
    notificationId: str  # noqa: N815 - LinkedIn's name
    lastModifiedAt: Milliseconds  # noqa: N815 - LinkedIn's name
    sourcePost: str | None = None  # noqa: N815 - LinkedIn's name
    generatedActivity: str | None = None  # noqa: N815 - LinkedIn's name
    decoratedSourcePost: _Written = _Written()  # noqa: N815 - LinkedIn's name
    decoratedGeneratedActivity: _Generated = _Generated()  # noqa: N815 - LinkedIn's name


def notices_in(body: str) -> list[Notice]:
    """Return what a delivery says."""
    found = object_in(body)
    if found is None or found.get("type") != KIND:
        return [unsupported("delivery", f"is not of the type {KIND}")]
    return [_notice(raw) for raw in listed(found.get("notifications"))]


def _notice(raw: object) -> Notice:
    form = read(_Notification, raw, "notification")
    if isinstance(form, Unused):
        return form
    posts = tuple(urn for urn in (form.sourcePost, form.decoratedSourcePost.entity) if urn)
    if form.action == "COMMENT_EDIT":
        return Ignored(form.action)
    if not posts:
        return unsupported(form.action, "names no post")
    if form.action == "COMMENT_DELETE":
        return _deleted(form, posts[0])
    return _act(form, posts)


def _deleted(form: _Notification, post_url: str) -> Notice:
    written, at = form.decoratedGeneratedActivity.comment or _Written(), moment(form.lastModifiedAt)
    id_ = _comment_id(form.generatedActivity or written.entity)
    if id_ is not None:
        return TakenBack(what=form.action, occurred_at=at, external_id=id_)
    why = "a comment was deleted, and the notice does not say which"
    return Unused(reason="withdrawn", what=form.action, why=why, post_url=post_url, occurred_at=at)


def _act(form: _Notification, posts: tuple[str, ...]) -> Notice:
    generated, at = form.decoratedGeneratedActivity, moment(form.lastModifiedAt)
    if form.action in WRITTEN:
        return _comment(form, generated.comment or _Written(), posts)
    if form.action in {"SHARE", "SHARE_MENTION"}:
        written = generated.share or _Written()
        return Act(
            kind="reshare" if form.action == "SHARE" else "mention",
            post_url=posts[0],
            also=posts[1:],
            person=written.owner,
            occurred_at=at,
            external_id=form.generatedActivity or written.entity,
        )
    if form.action == "LIKE":
        person = generated.like.owner if generated.like else None
        if person is None:
            return Unused(
                reason="unsupported-form",
                what=form.action,
                why="names nobody; send counts of likes as snapshots",
                external_id=f"notification:{form.notificationId}",
                post_url=posts[0],
                occurred_at=at,
            )
        once = f"like {posts[0]} {person}"
        return Act(kind="reaction", post_url=posts[0], also=posts[1:], person=person, occurred_at=at, only_once=once)
    return unsupported(form.action, "is an action that is not known here")


def _comment(form: _Notification, written: _Written, posts: tuple[str, ...]) -> Notice:
    id_ = _comment_id(form.generatedActivity or written.entity)
    if id_ is None:
        return unsupported(form.action, "names no comment")
    parent = _comment_id(written.parentComment)
    # LinkedIn itself says here that the author of the post has written it
    answers = parent if written.owner and written.owner == form.decoratedSourcePost.owner else None
    return Act(
        kind="reply" if answers else "comment",
        post_url=posts[0],
        also=posts[1:],
        person=None if answers else written.owner,
        occurred_at=moment(form.lastModifiedAt),
        external_id=id_,
        answers=answers,
        text=written.text if answers else None,
    )


def _comment_id(urn: str | None) -> str | None:
    found = COMMENT.fullmatch(urn or "")
    return f"comment:{found[1]}" if found else None
