"""The past of one programme: what other services told, and what interactions and snapshots have kept of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.clock import new_id
from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.envelope import Event
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from services.engagement.snapshots import store as readings
from services.engagement.snapshots.domain import ReadingKey
from tests.support.harness import Caller, Running

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NUMBERS = count()
INTERACTION = [
    "programme_id",
    "source",
    "external_id",
    "interaction_id",
    "share_id",
    "ambassador_id",
    "kind",
    "goal",
    "person",
    "colleague_id",
    "occurred_at",
    "provenance",
    "answers",
    "asked_at",
    "digest",
]
COUNTER = ["share_id", "kind", "counted", "own"]


def _insert(table: str, columns: list[str]) -> Any:
    values = ", ".join(f":{name}" for name in columns)
    return text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})")  # noqa: S608 - our own names


@dataclass
class Past:
    """One programme of its own; facts are gathered and then told all at once."""

    running: Running
    time_zone: str = "Europe/Paris"
    first_day: date = date(2026, 9, 9)
    programme_id: UUID = field(default_factory=new_id)
    shares: list[SharePublished] = field(default_factory=list)
    interactions: list[dict[str, Any]] = field(default_factory=list)
    readings: list[dict[str, Any]] = field(default_factory=list)
    others: list[Event] = field(default_factory=list)

    def share(self, at: datetime, **other: Any) -> SharePublished:
        values: dict[str, Any] = {
            "share_id": new_id(),
            "ambassador_id": new_id(),
            "programme_id": self.programme_id,
            "team_id": UUID(int=1),
            "item_id": None,
            "campaign_id": None,
            "network": "linkedin",
            "post_url": None,
            "published_at": at,
            "words": 40,
            "copied": 0,
            "parrot": 0,
            "self_repeats": 0,
            "audience": None,
            "measure_version": 1,
            **other,
        }
        self.shares.append(SharePublished(**values))
        return self.shares[-1]

    def act(self, share: SharePublished, kind: str, *, hours: float = 2, **other: Any) -> dict[str, Any]:
        number = next(NUMBERS)
        row = {
            "programme_id": self.programme_id,
            "source": "connector",
            "external_id": f"urn:{number}",
            "interaction_id": new_id(),
            "share_id": share.share_id,
            "ambassador_id": share.ambassador_id,
            "kind": kind,
            "goal": None,
            "person": f"person-{number}",
            "colleague_id": None,
            "occurred_at": share.published_at + timedelta(hours=hours),
            "provenance": "measured",
            "answers": None,
            "asked_at": None,
            "digest": "",
            **other,
        }
        self.interactions.append(row)
        return row

    def answer(self, share: SharePublished, comment: dict[str, Any], *, hours: float = 3) -> dict[str, Any]:
        return self.act(
            share,
            "reply",
            hours=hours,
            person=comment["person"],
            colleague_id=comment["colleague_id"],
            answers=comment["external_id"],
            source=comment["source"],
            asked_at=comment["occurred_at"],
        )

    def read(
        self, share: SharePublished, kind: str, number: int, *, days: float = 1, provenance: str = "measured"
    ) -> dict[str, Any]:
        row = {
            "share_id": share.share_id,
            "kind": kind,
            "read_at": share.published_at + timedelta(days=days),
            "provenance": provenance,
            "count": number,
        }
        self.readings.append(row)
        return row

    def enrol(self, on: date) -> UUID:
        ambassador_id = new_id()
        self.others.append(
            AmbassadorEnrolled(
                ambassador_id=ambassador_id,
                programme_id=self.programme_id,
                team_id=UUID(int=1),
                subject_key="key",
                enrolled_on=on,
            )
        )
        return ambassador_id

    def campaign(self, kpi: str, target: int, starts_on: date, ends_on: date) -> UUID:
        campaign_id = new_id()
        self.others.append(
            CampaignCreated(
                campaign_id=campaign_id,
                programme_id=self.programme_id,
                name="Open day",
                objective="awareness",
                kpi=kpi,
                target=target,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        )
        return campaign_id

    def counters(self) -> list[dict[str, Any]]:
        """What applying interactions would have counted: a reply once its comment is known."""
        counted: Counter[tuple[UUID, str]] = Counter()
        own: Counter[tuple[UUID, str]] = Counter()
        for row in self.interactions:
            if row["kind"] != "reply" or row["person"] is not None:
                by_author = row["colleague_id"] == row["ambassador_id"]
                (own if by_author else counted)[row["share_id"], row["kind"]] += 1
        return [
            {"share_id": share_id, "kind": kind, "counted": counted[share_id, kind], "own": own[share_id, kind]}
            for share_id, kind in {**counted, **own}
        ]

    async def told(self) -> None:
        """Tell everything, and return when it is kept."""
        created = ProgrammeCreated(
            programme_id=self.programme_id,
            name="Voices",
            time_zone=self.time_zone,
            first_day=self.first_day,
            charter_version=1,
        )
        await self.running.hear(created, *self.others, *self.shares)
        await self.running.settled()
        async with self.running.parts.db.transaction() as tx:
            for table, columns, rows in (
                ("interaction", INTERACTION, self.interactions),
                ("interaction_counter", COUNTER, self.counters()),
            ):
                if rows:
                    await tx.run(_insert(table, columns), rows)
            for row in self.readings:  # one by one and in any order, as connectors send them
                key = ReadingKey(row["share_id"], row["kind"], row["read_at"], row["provenance"])
                await readings.add_new(tx, {key: row["count"]})

    def analyst(self) -> Caller:
        return self.running.caller("analyst", programmes=[self.programme_id])

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.analyst().get(path, params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def measures(self, by: str, period: str = "all", **query: Any) -> dict[str | None, Any]:
        """All groups, page by page."""
        found: dict[str | None, Any] = {}
        cursor: dict[str, Any] = {}
        while True:
            page = await self.get("/measures", programme_id=self.programme_id, by=by, period=period, **query, **cursor)
            found |= {item["key"]: item for item in page["items"]}
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}
