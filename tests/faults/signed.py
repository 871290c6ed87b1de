"""Items for the doors that take signatures instead of tokens: conversions, and comments in LinkedIn's webhooks."""

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bench.traffic import Item, Share, Traffic
from libs.clock import new_id
from tests.faults.book import Book, Expected

LINKEDIN_SECRET = "linkedin-of-the-faults"  # noqa: S105 - of these tests only
EACH = 0.05  # of all items
POSTS = "https://www.linkedin.com/feed/update/"


def post_of(share: Share) -> str:
    """The name that LinkedIn gives to the post of a share."""
    return f"urn:li:share:{share.share_id.int % 10**18}"


@dataclass(frozen=True, slots=True)
class Conversion(Item):
    """Somebody reached a goal."""

    @property
    def says(self) -> object:
        return "conversion"


@dataclass(frozen=True, slots=True)
class Comment(Item):
    """One notification of LinkedIn about a comment."""

    @property
    def says(self) -> object:
        return "comment"


def conversions_of(traffic: Traffic, book: Book, chance: random.Random, count: int) -> list[Conversion]:
    found = []
    for number in range(count):
        share, expected = _somewhere(traffic, chance)
        body = {
            "share_id": str(share.share_id),
            "goal": "lead",
            "visitor": f"visitor-{number}",
            "occurred_at": (traffic.now - timedelta(minutes=number % 600)).isoformat(),
            "external_id": f"crm-{number}",
        }
        invalid = chance.random() < 0.02
        found.append(Conversion({**body, "goal": "fame"} if invalid else body, "invalid" if invalid else "new"))
        book.plan(found[-1], expected)
    return found


def comments_of(traffic: Traffic, book: Book, chance: random.Random, count: int) -> list[Comment]:
    found = []
    for number in range(count):
        share, expected = _somewhere(traffic, chance)
        at = traffic.now - timedelta(minutes=number % 600)
        found.append(
            Comment({"external_id": f"comment:{number}", "notification": _notification(share, number, at)}, "new")
        )
        book.plan(found[-1], expected)
    return found


def _somewhere(traffic: Traffic, chance: random.Random) -> tuple[Share, Expected]:
    if chance.random() < EACH:
        return chance.choice(traffic.guests), "unknown-share"
    return chance.choice(traffic.shares), "counted"


def _notification(share: Share, number: int, at: datetime) -> dict[str, object]:
    """As LinkedIn's page on organization social action notifications shows it."""
    comment = {"owner": f"urn:li:person:{number % 97}", "text": "Well said.", "entity": post_of(share)}
    return {
        "action": "COMMENT",
        "notificationId": number,
        "lastModifiedAt": int(at.timestamp() * 1000),
        "sourcePost": post_of(share),
        "generatedActivity": f"urn:li:comment:({post_of(share)},{number})",
        "decoratedGeneratedActivity": {"comment": comment},
    }


def as_delivery(items: Sequence[Item]) -> bytes:
    notifications = [item.body["notification"] for item in items]
    return json.dumps({"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": notifications}).encode()


def signed_by_linkedin(body: bytes) -> Mapping[str, str]:
    digest = hmac.new(LINKEDIN_SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    return {"x-li-signature": digest, "content-type": "application/json"}


@dataclass(frozen=True)
class Key:
    """A programme's conversion key, as its sender holds it."""

    programme_id: UUID
    secret: str

    def sign(self, body: bytes) -> Mapping[str, str]:
        """Headers of the Standard Webhooks form."""
        id_, now = f"msg_{new_id()}", str(int(time.time()))
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.digest(secret, f"{id_}.{now}.".encode() + body, "sha256")
        signature = f"v1,{base64.b64encode(digest).decode()}"
        return {"webhook-id": id_, "webhook-timestamp": now, "webhook-signature": signature}
