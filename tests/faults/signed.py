"""Conversions, for the door that takes signatures of a programme's keys."""

import base64
import hmac
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bench.traffic import Item, Traffic
from libs.clock import new_id
from tests.faults.book import Book
from tests.faults.places import somewhere


@dataclass(frozen=True, slots=True)
class Conversion(Item):
    """Somebody reached a goal."""

    @property
    def says(self) -> object:
        return "conversion"


def conversions_of(traffic: Traffic, book: Book, chance: random.Random, count: int) -> list[Conversion]:
    found = []
    for number in range(count):
        share, expected = somewhere(traffic.shares, traffic.guests, chance)
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
