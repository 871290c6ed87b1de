"""A programme with a campaign, and the people who propose items to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from libs.auth.person_keys import PersonKeys
from libs.clock import new_id
from libs.events.sharing import AmbassadorEnrolled
from tests.support.answers import done
from tests.support.harness import PERSON_KEY, Caller, Running

PROGRAMME = {
    "name": "Voices of Lumen",
    "time_zone": "Europe/Paris",
    "first_day": "2026-09-07",
    "charter_text": "Speak in your own words.",
}
CAMPAIGN = {
    "name": "Autumn",
    "objective": {"kind": "employer_brand", "kpi": "comments", "target": 300},
    "starts_on": "2026-09-07",
    "ends_on": "2026-12-06",
}
PROPOSAL = {
    "title": "The apprentices' prize",
    "url": "https://example.org/prize",
    "language": "en",
    "text": "Two of our apprentices won the prize of the region.\nThey should tell it themselves.",
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """An ambassador with a token."""

    id: UUID
    caller: Caller


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A programme with a campaign in services.content."""

    content: Running
    programme_id: UUID
    campaign_id: UUID

    @classmethod
    async def begun(cls, content: Running) -> "Scene":
        programme = done(await content.caller("admin").post("/programmes", PROGRAMME), 201)
        campaigns = f"/programmes/{programme['id']}/campaigns"
        campaign = done(await content.caller("manager").post(campaigns, CAMPAIGN), 201)
        return cls(content=content, programme_id=UUID(programme["id"]), campaign_id=UUID(campaign["id"]))

    @property
    def proposals(self) -> str:
        return f"/programmes/{self.programme_id}/proposals"

    def manager(self) -> Caller:
        return self.content.caller("manager", programmes=[self.programme_id])

    def foreign(self, role: str) -> Caller:
        """Somebody of another programme."""
        return self.content.caller(role, programmes=[new_id()])

    def enrolled(self, ambassador_id: UUID, subject: str) -> AmbassadorEnrolled:
        return AmbassadorEnrolled(
            ambassador_id=ambassador_id,
            programme_id=self.programme_id,
            team_id=new_id(),
            subject_key=PersonKeys(PERSON_KEY).of_subject(subject),
            enrolled_on=date(2026, 11, 18),
        )

    def person(self) -> Caller:
        """Somebody who may take part and does not yet."""
        return self.content.caller("ambassador", programmes=[self.programme_id])

    async def member(self) -> Member:
        """A new ambassador, of whom sharing has told."""
        member = Member(id=new_id(), caller=self.person())
        await self.content.hear(self.enrolled(member.id, member.caller.subject))
        await self.content.settled()
        return member

    async def proposed(self, member: Member, **other: Any) -> dict[str, Any]:
        return done(await member.caller.post(self.proposals, {**PROPOSAL, **other}), 201)

    async def approve(self, proposal: dict[str, Any], **other: Any) -> httpx.Response:
        body = {"campaign_id": str(self.campaign_id), **other}
        return await self.manager().post(f"/proposals/{proposal['id']}:approve", body)

    async def decline(self, proposal: dict[str, Any], reason: Any = "We told this last week.") -> httpx.Response:
        return await self.manager().post(f"/proposals/{proposal['id']}:decline", {"reason": reason})
