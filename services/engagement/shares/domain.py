"""Rules about known shares: how one is named, and when something can have happened to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from libs.problems import FieldError

AHEAD = timedelta(minutes=5)  # clocks differ
BEFORE = timedelta(days=1)  # networks round times, and people schedule
UNKNOWN = "no share of this programme has this {}; if it is new, send this again in a moment"


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


@dataclass(frozen=True, slots=True)
class PersonOn:
    """A person on a network, seen from a programme."""

    programme_id: UUID
    network: str
    person_key: str


def address_of(url: str) -> str:
    """Return a URL so that two of one post are equal: host in small letters, no fragment, no slash at the end."""
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


class ShareBook:
    """The shares that one request names, found by id or by address."""

    def __init__(self, shares: Iterable[KnownShare]) -> None:
        self._by_id: dict[UUID, KnownShare] = {}
        self._by_address: dict[str, list[KnownShare]] = {}
        for share in shares:
            self._by_id[share.share_id] = share
            if share.post_url is not None:
                self._by_address.setdefault(share.post_url, []).append(share)

    def find(self, share_id: UUID | None, post_url: str | None) -> KnownShare | FieldError:
        """Return the one share that is meant, or which field does not lead to it; exactly one must be given."""
        if (share_id is None) == (post_url is None):
            return FieldError("share_id", "give either share_id or post_url")
        if post_url is None:
            by_id = self._by_id.get(share_id) if share_id else None
            return by_id or FieldError("share_id", UNKNOWN.format("id"))
        found = self._by_address.get(address_of(post_url), [])
        if len(found) > 1:
            return FieldError("post_url", "several shares have this address; send share_id")
        return found[0] if found else FieldError("post_url", UNKNOWN.format("address"))
