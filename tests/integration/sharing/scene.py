"""A programme with a team and an item, and the people who take part in it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx

from libs.clock import new_id
from libs.events.content import ItemPublished, ProgrammeCreated, PublishedCaption
from tests.support.answers import done
from tests.support.clock import MovedClock
from tests.support.harness import Caller, Running

FRENCH = (
    "Notre atelier ouvre ses portes vendredi : venez voir comment nous réparons les machines que d'autres jettent, "
    "et rencontrer les personnes qui le font chaque jour avec patience."
)
ENGLISH = (
    "Our workshop opens its doors on Friday: come and see how we repair the machines that others throw away, "
    "and meet the people who do it every day with patience."
)
OWN = (
    "Last night I stayed late because an old loom from my grandmother's village arrived in pieces, and three of us "
    "could not stop until its first thread ran again."
)
OTHER = (
    "I joined as an apprentice nine years ago and still remember how nervous I was when the foreman handed me the "
    "big key of the boiler room without a word."
)


@dataclass(kw_only=True)
class Member:
    """An ambassador with a token."""

    id: UUID
    caller: Caller
    programme_id: UUID
    item_id: UUID

    def body(self, text: str, **more: Any) -> dict[str, Any]:
        """What they would post about the scene's item."""
        item = {"programme_id": str(self.programme_id), "item_id": str(self.item_id)}
        return {**item, "network": "linkedin", "text": text, **more}

    async def preview(self, text: str, **more: Any) -> dict[str, Any]:
        return done(await self.caller.post("/shares:preview", self.body(text, **more)), 200)

    async def share(self, text: str, **more: Any) -> dict[str, Any]:
        return done(await self.caller.post("/shares", self.body(text, **more)), 201)

    async def try_share(self, text: str = OWN, **more: Any) -> httpx.Response:
        return await self.caller.post("/shares", self.body(text, **more))

    async def consent(self, network: str = "linkedin", **terms: Any) -> dict[str, Any]:
        path = f"/ambassadors/{self.id}/consents/{network}"
        return done(await self.caller.put(path, {"mode": "manual", **terms}), 200)


@dataclass(kw_only=True)
class Scene:
    """A programme that services.sharing has heard of."""

    sharing: Running
    clock: MovedClock
    programme_id: UUID = field(default_factory=new_id)
    item_id: UUID = field(default_factory=new_id)
    campaign_id: UUID = field(default_factory=new_id)
    french: UUID = field(default_factory=new_id)
    english: UUID = field(default_factory=new_id)
    team_id: str = ""

    def told_programme(self) -> ProgrammeCreated:
        return ProgrammeCreated(
            programme_id=self.programme_id,
            name="Voices of Lumen",
            time_zone="Europe/Paris",
            first_day=date(2026, 9, 7),
            charter_version=2,
        )

    def told_item(self, **other: Any) -> ItemPublished:
        captions = (
            PublishedCaption(caption_id=self.french, network=None, language="fr", text=FRENCH),
            PublishedCaption(caption_id=self.english, network="linkedin", language="en", text=ENGLISH),
        )
        told: dict[str, Any] = {
            "item_id": self.item_id,
            "programme_id": self.programme_id,
            "campaign_id": self.campaign_id,
            "title": "The workshop",
            "captions": captions,
            "published_at": datetime(2026, 11, 2, 8, tzinfo=UTC),
        }
        return ItemPublished.model_validate(told | other)

    async def begin(self) -> "Scene":
        """Let content tell of the programme and its item, and a manager add a team."""
        await self.sharing.hear(self.told_programme(), self.told_item())
        await self.sharing.settled()
        path = f"/programmes/{self.programme_id}/teams"
        self.team_id = done(await self.manager().post(path, {"name": "Repairs"}), 201)["id"]
        return self

    async def another_item(self) -> UUID:
        """An item of the same programme without captions in common."""
        item_id = new_id()
        caption = PublishedCaption(caption_id=new_id(), network=None, language="en", text="We hire two toolmakers.")
        await self.sharing.hear(self.told_item(item_id=item_id, captions=(caption,)))
        await self.sharing.settled()
        return item_id

    def manager(self) -> Caller:
        return self.sharing.caller("manager", programmes=[self.programme_id])

    def person(self, subject: str = "") -> Caller:
        """Somebody who may take part and does not yet."""
        return self.sharing.caller("ambassador", programmes=[self.programme_id], subject=subject)

    def enrolment(self, **other: Any) -> dict[str, Any]:
        joins = {"display_name": "Léa Martin", "team_id": self.team_id, "language": "en", "charter_version": 2}
        return {**joins, **other}

    async def enrolled(self, caller: Caller, **other: Any) -> dict[str, Any]:
        path = f"/programmes/{self.programme_id}/ambassadors"
        return done(await caller.post(path, self.enrolment(**other)), 201)

    async def member(self, *, consent: bool = True, **other: Any) -> Member:
        """A new ambassador, who allows LinkedIn."""
        caller = self.person()
        found = await self.enrolled(caller, **other)
        member = Member(id=UUID(found["id"]), caller=caller, programme_id=self.programme_id, item_id=self.item_id)
        if consent:
            await member.consent(audience=500)
        return member
