"""Rules about known shares: how one is named, and when something can have happened to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID

from libs.problems import FieldError

PostNetwork = Literal["linkedin", "x", "facebook"]
AHEAD = timedelta(minutes=5)  # clocks differ
BEFORE = timedelta(days=1)  # networks round times, and people schedule
HOSTS: dict[str, PostNetwork] = {
    "linkedin.com": "linkedin",
    "www.linkedin.com": "linkedin",
    "x.com": "x",
    "www.x.com": "x",
    "mobile.x.com": "x",
    "twitter.com": "x",
    "www.twitter.com": "x",
    "mobile.twitter.com": "x",
    "facebook.com": "facebook",
    "www.facebook.com": "facebook",
    "m.facebook.com": "facebook",
    "web.facebook.com": "facebook",
}
LINKEDIN_URN = re.compile(r"urn:li:(activity|share|ugcPost):(\d+)$")
PATHS: dict[PostNetwork | None, tuple[re.Pattern[str], ...]] = {
    "linkedin": (
        re.compile(r"urn:li:(activity|share|ugcPost):(\d+)"),
        re.compile(r"^/posts/[^/?#]*-(activity|share|ugcPost)-(\d+)"),
    ),
    "x": (re.compile(r"^/[^?#]+/status(?:es)?/(\d+)"),),
    "facebook": (
        re.compile(r"^/(?:[^?#]+/)?(?:posts|permalink|videos|reel)/(?:[^/?#]+/)?(\d+|pfbid\w+)"),
        re.compile(r"^/\d+_(\d+)/?(?:[?#]|$)"),
        re.compile(r"^/[\w.]+\.php\?(?:[^#]*&)?(?:story_fbid|fbid)=(\d+|pfbid\w+)"),
    ),
}
ADDRESSES: dict[PostNetwork, str] = {
    "linkedin": "https://www.linkedin.com/feed/update/urn:li:{}",
    "x": "https://x.com/i/status/{}",
    "facebook": "https://www.facebook.com/{}",
}
Missing = Literal["unknown-share", "several-shares"]


class Post(NamedTuple):
    """A post by its network's id."""

    network: PostNetwork
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownShare:
    """One publication. `author_key` is the author's person key on the network, where a handle was given."""

    share_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    network: str
    post_url: str | None
    published_at: datetime
    author_key: str | None = None


class ShareName(NamedTuple):
    """How something accepted names its share: by id, or by the comparable address of the post.

    `programme_id` None looks in all programmes.
    """

    programme_id: UUID | None
    share_id: UUID | None
    address: str | None


class PersonOn(NamedTuple):
    """A person on a network, seen from a programme."""

    programme_id: UUID
    network: str
    person_key: str


def faults_of_naming(share_id: UUID | None, post_url: str | None) -> list[FieldError]:
    """Return what is wrong with how a share is named: exactly one of the two leads to it."""
    if (share_id is None) != (post_url is None):
        return []
    return [FieldError("share_id", "give either share_id or post_url")]


def share_name_of(programme_id: UUID | None, share_id: UUID | None, post_url: str | None) -> ShareName:
    """Return the name by which a share is looked for; where both are given, the id is the safer one."""
    address = address_of(post_url) if post_url is not None and share_id is None else None
    return ShareName(programme_id, share_id, address)


def named(name: ShareName, shares: Iterable[KnownShare]) -> KnownShare | Missing:
    """Return the one of these shares that is meant, or why there is none."""
    found = {
        share.share_id: share
        for share in shares
        if name.programme_id in {None, share.programme_id}
        and (share.share_id == name.share_id if name.share_id else share.post_url == name.address)
    }
    if len(found) > 1:
        return "several-shares"
    return next(iter(found.values()), "unknown-share")


def post_of(url: str) -> Post | None:
    """Return the network and the id of the post at a URL, or under a URN of LinkedIn; None where neither is seen.

    Posts of Facebook have an id of their own, which stands behind that of the page in `<page>_<post>`. The names of
    LinkedIn (activity, share, ugcPost) are ids of different numbers, and so different posts as far as a URL tells.
    """
    text = unquote(url.strip())
    if found := LINKEDIN_URN.match(text):
        return Post("linkedin", f"{found[1]}:{found[2]}")
    host, _, path = text.partition("://")[2].partition("/")
    network = HOSTS.get(host.lower().partition(":")[0])
    found = next((f for pattern in PATHS.get(network, ()) if (f := pattern.search(f"/{path}"))), None)
    if network is None or found is None:
        return None
    return Post(network, ":".join(found.groups()))


def address_of(url: str) -> str:
    """Return a URL so that two of one post are equal: by the network's id of the post where it has one.

    Else the host is in small letters, without fragment and without slash at the end. A URN of LinkedIn is a URL too.
    """
    if found := post_of(url):
        return ADDRESSES[found.network].format(found.id)
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # not a URL, so equal to itself only
        return url.strip()
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def refused_time(at: datetime, share: KnownShare, *, now: datetime) -> str | None:
    """Return why nothing can have happened to the share at that time; None when it can."""
    if at > now + AHEAD:
        return "lies in the future"
    if at < share.published_at - BEFORE:
        return "lies more than a day before the share was published"
    return None
