"""Deliveries of the networks: what people do on posts, in the form and under the signature of each network."""

import base64
import hashlib
import hmac
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.traffic import Item, Share, Traffic
from tests.faults.book import Book
from tests.faults.doors import Door
from tests.faults.places import Network, network_of, post_of, somewhere

SECRETS: Mapping[Network, str] = {
    "linkedin": "linkedin-of-the-faults",
    "x": "x-of-the-faults",
    "facebook": "meta-of-the-faults",
}
ACCOUNT, PAGE = "2244994945", "77"
Made = tuple[str, dict[str, Any]]  # the id under which it counts, and what the network sends


@dataclass(frozen=True, slots=True)
class Notice(Item):
    """One thing that a network tells; `kind` is what it is counted as."""

    kind: str

    @property
    def says(self) -> object:
        return self.kind


def notices_of(traffic: Traffic, network: Network, book: Book, chance: random.Random, count: int) -> list[Notice]:
    """What happens on the posts of one network."""
    known = [share for share in traffic.shares if network_of(share) == network]
    unknown = [share for share in traffic.guests if network_of(share) == network]
    found = []
    for number in range(count):
        share, expected = somewhere(known, unknown, chance)
        at = traffic.now - timedelta(minutes=number % 600)
        kind = chance.choice(KINDS[network])
        key, sent = MADE[network](share, kind, number, at)
        found.append(Notice({"external_id": key, "sent": sent}, "new", kind))
        book.plan(found[-1], expected)
    return found


def _of_linkedin(share: Share, _kind: str, number: int, at: datetime) -> Made:
    """As LinkedIn's page on organization social action notifications shows it."""
    comment = {"owner": f"urn:li:person:{number % 97}", "text": "Well said.", "entity": post_of(share)}
    return f"comment:{number}", {
        "action": "COMMENT",
        "notificationId": number,
        "lastModifiedAt": _milliseconds(at),
        "sourcePost": post_of(share),
        "generatedActivity": f"urn:li:comment:({post_of(share)},{number})",
        "decoratedGeneratedActivity": {"comment": comment},
    }


def _of_x(share: Share, kind: str, number: int, at: datetime) -> Made:
    """As X's page on account activity shows it."""
    user, time = {"id": number % 97, "screen_name": f"reader{number % 97}"}, str(_milliseconds(at))
    if kind == "reaction":
        liked = {"id_str": post_of(share), "user": {"id": ACCOUNT}}
        like = {"id": f"{number:032x}", "timestamp_ms": time, "favorited_status": liked, "user": user}
        return f"like:{number:032x}", {"favorite_events": like}
    post = {"id_str": f"9{number:017d}", "user": user, "timestamp_ms": time, "text": "@acme Well said."}
    if kind == "reshare":
        other: dict[str, Any] = {"retweeted_status": {"id_str": post_of(share), "user": {"id": ACCOUNT}}}
    else:
        other = {"in_reply_to_status_id_str": post_of(share), "in_reply_to_user_id_str": ACCOUNT}
    return str(post["id_str"]), {"tweet_create_events": {**post, **other}}


def _of_facebook(share: Share, kind: str, number: int, at: datetime) -> Made:
    """As Meta's page on the feed of a page shows it."""
    named = {"item": "share", "share_id": f"s{number}"}
    if kind == "comment":
        named = {"item": "comment", "comment_id": f"c{number}", "message": "Well said."}
    value = {"verb": "add", "post_id": post_of(share), "created_time": int(at.timestamp()), **named}
    return f"{kind[0] if kind == 'comment' else 's'}{number}", {**value, "from": {"id": f"{number % 97}"}}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


KINDS: Mapping[Network, Sequence[str]] = {
    "linkedin": ("comment",),
    "x": ("reaction", "comment", "reshare"),
    "facebook": ("comment", "reshare"),
}
MADE: Mapping[Network, Callable[[Share, str, int, datetime], Made]] = {
    "linkedin": _of_linkedin,
    "x": _of_x,
    "facebook": _of_facebook,
}


def _linkedin_delivery(items: Sequence[Item]) -> bytes:
    notifications = [item.body["sent"] for item in items]
    return json.dumps({"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": notifications}).encode()


def _x_delivery(items: Sequence[Item]) -> bytes:
    events: dict[str, list[object]] = defaultdict(list)
    for item in items:
        for what, event in item.body["sent"].items():
            events[what].append(event)
    return json.dumps({"for_user_id": ACCOUNT, **events}).encode()


def _meta_delivery(items: Sequence[Item]) -> bytes:
    changes = [{"field": "feed", "value": item.body["sent"]} for item in items]
    return json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 0, "changes": changes}]}).encode()


def _signed_by_linkedin(body: bytes) -> Mapping[str, str]:
    digest = hmac.new(SECRETS["linkedin"].encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    return {"x-li-signature": digest, "content-type": "application/json"}


def _signed_by_x(body: bytes) -> Mapping[str, str]:
    digest = hmac.digest(SECRETS["x"].encode(), body, "sha256")
    return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}


def _signed_by_meta(body: bytes) -> Mapping[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.digest(SECRETS["facebook"].encode(), body, "sha256").hex()}


DOORS: Mapping[Network, Door] = {
    "linkedin": Door(path="/webhooks/linkedin", headers=_signed_by_linkedin, body=_linkedin_delivery),
    "x": Door(path="/webhooks/x", headers=_signed_by_x, body=_x_delivery),
    "facebook": Door(path="/webhooks/meta", headers=_signed_by_meta, body=_meta_delivery),
}
SOURCES: Mapping[Network, str] = {"linkedin": "linkedin", "x": "x", "facebook": "meta"}
