"""A programme whose people enrol, comment and answer, and what is shown of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.engagement import CommentWaiting
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from libs.telemetry.metrics import Telemetry
from services.engagement.conversations.domain import Plan
from services.engagement.conversations.keeper import ReminderKeeper
from services.engagement.conversations.metrics import ConversationMetrics
from tests.integration.engagement.play import NOW, Play, interaction
from tests.support.clock import MovedClock
from tests.support.harness import Caller

ASKED = NOW - timedelta(minutes=50)
ALWAYS = Plan(after_hours=24, quiet_from=time(0), quiet_until=time(0))


@dataclass(frozen=True)
class Author:
    """Somebody who shares, with a token of their own."""

    id: UUID
    caller: Caller

    async def sees(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.caller.get("/me/conversations", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def sees_ids(self, state: str) -> set[str]:
        return {one["interaction_id"] for one in await self.sees(state=state, limit=200)}

    async def dismisses(self, interaction_id: object) -> Any:
        return await self.caller.post(f"/conversations/{interaction_id}:dismiss")


class Talk(Play):
    """One programme of its own."""

    async def enrols(self, ambassador_id: UUID | None = None, subject: str = "") -> Author:
        caller = self.running.caller("ambassador", programmes=[self.programme_id], subject=subject)
        author = Author(ambassador_id or new_id(), caller)
        await self.running.hear(
            AmbassadorEnrolled(
                ambassador_id=author.id,
                programme_id=self.programme_id,
                team_id=new_id(),
                subject_key=self.running.parts.person_keys.of_subject(caller.subject),
                enrolled_on=date(2026, 9, 14),
            )
        )
        await self.running.settled()
        return author

    async def comments(self, share: SharePublished, when: datetime = ASKED, **other: object) -> dict[str, Any]:
        comment = interaction(share, "comment", occurred_at=when.isoformat(), **other)
        await self.accepts(comment)
        return comment

    async def answers(self, share: SharePublished, comment: dict[str, Any], when: datetime = NOW) -> None:
        await self.accepts(reply_to(share, comment, when))

    async def id_of(self, comment: dict[str, Any]) -> str:
        (row,) = await self.running.rows(
            "SELECT interaction_id FROM interaction WHERE programme_id = :p AND external_id = :e",
            p=self.programme_id,
            e=comment["external_id"],
        )
        return str(row["interaction_id"])

    def keeper(self, at: datetime, default: Plan = ALWAYS) -> ReminderKeeper:
        metrics = ConversationMetrics(Telemetry("engagement"))
        return ReminderKeeper(self.running.parts.db, MovedClock(at), metrics, default=default)

    async def reminded(self) -> list[CommentWaiting]:
        return [one for one in await self.running.told(CommentWaiting) if one.programme_id == self.programme_id]

    async def reminds(self, after_hours: int | None, quiet_from: str = "00:00", quiet_until: str = "00:00") -> None:
        body = {"after_hours": after_hours, "quiet_from": quiet_from, "quiet_until": quiet_until}
        answer = await self.running.caller("manager").put(f"/programmes/{self.programme_id}/reminders", body)
        assert answer.status_code == 200, answer.text
        assert answer.json() == body


def reply_to(share: SharePublished, comment: dict[str, Any], when: datetime) -> dict[str, Any]:
    return interaction(share, "reply", answers=comment["external_id"], occurred_at=when.astimezone(UTC).isoformat())
