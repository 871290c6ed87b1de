"""Plays the other services for engagement: programmes, consents and shares, and what people do with these."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from libs.clock import new_id
from libs.events.content import ProgrammeCreated
from libs.events.engagement import (
    CountsReported,
    InteractionsRecorded,
    InteractionsWithdrawn,
    RecordedInteraction,
    ReportedCount,
    WithdrawnInteraction,
)
from libs.events.sharing import ConsentGiven, ConsentWithdrawn, SharePublished
from tests.support.harness import Running

NUMBERS = count()
NOW = datetime.now(UTC).replace(microsecond=0)
PUBLISHED = NOW - timedelta(days=3)


def at(**after: float) -> str:
    """A time after the publication of the shares."""
    return (PUBLISHED + timedelta(**after)).isoformat()


def interaction(share: SharePublished | UUID, kind: str = "reaction", **other: object) -> dict[str, Any]:
    share_id = share if isinstance(share, UUID) else share.share_id
    number = next(NUMBERS)
    person = {} if kind == "reply" else {"person": f"person-{number}"}
    return {
        "share_id": str(share_id),
        "kind": kind,
        "source": "linkedin-connector",
        "external_id": f"urn:{number}",
        "occurred_at": at(hours=1),
        "provenance": "measured",
        **person,
        **other,
    }


@dataclass
class Play:
    """One programme of its own."""

    running: Running
    programme_id: UUID = field(default_factory=new_id)

    async def opens(self, time_zone: str = "Europe/Paris") -> None:
        await self.running.hear(
            ProgrammeCreated(
                programme_id=self.programme_id,
                name="Voices",
                time_zone=time_zone,
                first_day=PUBLISHED.date(),
                charter_version=1,
            )
        )
        await self.running.settled()

    async def publishes(self, ambassador_id: UUID | None = None, **other: object) -> SharePublished:
        values: dict[str, Any] = {
            "share_id": new_id(),
            "ambassador_id": ambassador_id or new_id(),
            "programme_id": self.programme_id,
            "team_id": new_id(),
            "item_id": None,
            "campaign_id": None,
            "network": "linkedin",
            "post_url": None,
            "published_at": PUBLISHED,
            "words": 40,
            "copied": 0,
            "parrot": 10_000,
            "self_repeats": 0,
            "audience": None,
            "measure_version": 1,
            **other,
        }
        share = SharePublished(**values)
        await self.running.hear(share)
        await self.running.settled()
        return share

    def key(self, handle: str, network: str = "linkedin") -> str:
        return self.running.parts.person_keys.of_handle(network, handle)

    async def consents(self, ambassador_id: UUID, handle: str | None, given_at: datetime = PUBLISHED) -> None:
        await self.running.hear(
            ConsentGiven(
                ambassador_id=ambassador_id,
                programme_id=self.programme_id,
                network="linkedin",
                mode="manual",
                person_key=self.key(handle) if handle else None,
                given_at=given_at,
            )
        )
        await self.running.settled()

    async def withdraws(self, ambassador_id: UUID, withdrawn_at: datetime) -> None:
        await self.running.hear(
            ConsentWithdrawn(
                ambassador_id=ambassador_id,
                programme_id=self.programme_id,
                network="linkedin",
                withdrawn_at=withdrawn_at,
            )
        )
        await self.running.settled()

    async def posts(self, *items: object) -> httpx.Response:
        path = f"/programmes/{self.programme_id}/interactions"
        return await self.running.caller("service").post(path, {"interactions": list(items)})

    async def accepts(self, *items: object) -> dict[str, Any]:
        answer = await self.posts(*items)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == []
        await self.running.settled()
        return dict(answer.json())

    async def withdraws_interactions(self, *items: dict[str, Any]) -> dict[str, Any]:
        """Have the source of interactions take them back; returns the receipt."""
        answer = await self.takes_back(*({name: item[name] for name in ("source", "external_id")} for item in items))
        assert answer.status_code == 202, answer.text
        await self.running.settled()
        return await self.receipt(answer.json()["receipt_id"])

    async def takes_back(self, *items: object) -> httpx.Response:
        query = {"programme_id": str(self.programme_id)}
        return await self.running.caller("service").post("/interactions:withdraw", list(items), params=query)

    async def withdrawn(self) -> list[WithdrawnInteraction]:
        events = await self.running.told(InteractionsWithdrawn)
        return [one for e in events if e.programme_id == self.programme_id for one in e.interactions]

    async def imports(self, text: str | bytes, **query: str) -> httpx.Response:
        return await self.running.caller("manager").call(
            "POST",
            f"/programmes/{self.programme_id}/imports",
            content=text,
            params=query,
            headers={"content-type": "text/csv; charset=utf-8"},
        )

    async def sends_lines(self, content: object) -> httpx.Response:
        path = f"/programmes/{self.programme_id}/interactions"
        headers = {"content-type": "application/x-ndjson"}
        return await self.running.caller("service").call("POST", path, content=content, headers=headers)

    async def waiting(self, **query: str) -> list[dict[str, Any]]:
        answer = await self.running.caller("manager").get(
            "/quarantine", params={"programme_id": str(self.programme_id), **query}
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def recorded(self) -> list[RecordedInteraction]:
        events = await self.running.told(InteractionsRecorded)
        return [one for e in events if e.programme_id == self.programme_id for one in e.interactions]

    async def reported(self) -> list[ReportedCount]:
        events = await self.running.told(CountsReported)
        return [one for e in events if e.programme_id == self.programme_id for one in e.counts]

    async def receipt(self, receipt_id: str) -> dict[str, Any]:
        answer = await self.running.caller("service").get(f"/receipts/{receipt_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def numbers(self, share: SharePublished) -> dict[str, Any]:
        answer = await self.running.caller("analyst").get(f"/shares/{share.share_id}/engagement")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
