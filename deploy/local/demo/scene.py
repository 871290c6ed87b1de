"""Owns setting the scene through the public API: programme, teams, items, ambassadors and their consents.

Every creating call has an Idempotency-Key out of the seed and the day, so that doing it again changes nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from deploy.local.demo.api import Api, Caller
from deploy.local.demo.library import Campaign, Item, campaigns
from deploy.local.demo.people import PEOPLE, TEAMS, Person
from deploy.local.demo.plan import Calendar
from libs.periods import WEEKS_IN_A_SEASON

NETWORKS = ("linkedin", "instagram")
UNHEARD = ("programme-not-found",)  # a service that has not heard of the programme yet
CHARTER = (
    "Taking part is voluntary and can end at any time. Write in your own words, say that you work at Lumen, "
    "answer those who comment, and never ask anybody to like for the sake of points. / "
    "La participation est volontaire et peut cesser à tout moment. Écrivez avec vos mots, dites que vous travaillez "
    "chez Lumen, répondez aux commentaires et ne demandez jamais un « j'aime » pour les points."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who and what there is, by the keys of the plan."""

    programme_id: UUID
    items: Mapping[str, UUID]
    ambassadors: Mapping[str, UUID]


def caller(person: Person) -> Caller:
    """Return a person as a caller."""
    return Caller(person.subject, "ambassador")


async def set_scene(api: Api, calendar: Calendar, *, key: str) -> Scene:
    """Make everything that shares need; `key` begins each Idempotency-Key."""
    body = {
        "name": "Lumen",
        "time_zone": "Europe/Paris",
        "first_day": calendar.first_day.isoformat(),
        "charter_text": CHARTER,
    }
    programme = await api.create("/programmes", body, key=f"{key}-programme")
    programme_id = UUID(programme["id"])
    items, ambassadors = await asyncio.gather(
        _items(api, programme_id, calendar, key=key),
        _ambassadors(api, programme, key=key),
    )
    return Scene(programme_id=programme_id, items=items, ambassadors=ambassadors)


async def _items(api: Api, programme_id: UUID, calendar: Calendar, *, key: str) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for campaign in campaigns():
        body = _campaign_body(campaign, calendar)
        made = await api.create(f"/programmes/{programme_id}/campaigns", body, key=f"{key}-{campaign.key}")
        ids = await asyncio.gather(*(_item(api, made["id"], item, key=key) for item in campaign.items))
        found |= {item.key: item_id for item, item_id in zip(campaign.items, ids, strict=True)}
    return found


async def _item(api: Api, campaign_id: str, item: Item, *, key: str) -> UUID:
    captions = [{"language": caption.language, "text": caption.text} for caption in item.captions]
    body = {"title": item.title, "url": f"https://lumen.example/{item.key}", "captions": captions}
    made = await api.create(f"/campaigns/{campaign_id}/items", body, key=f"{key}-{item.key}")
    await api.call("POST", f"/items/{made['id']}:publish", accepts=("item-already-published",))
    return UUID(made["id"])


async def _ambassadors(api: Api, programme: Mapping[str, Any], *, key: str) -> dict[str, UUID]:
    path = f"/programmes/{programme['id']}/teams"
    made = [await api.create(path, {"name": team}, key=f"{key}-{team}", waits=UNHEARD) for team in TEAMS]
    teams = {team["name"]: team["id"] for team in made}
    enrolled = await asyncio.gather(*(_enrol(api, person, programme, teams, key=key) for person in PEOPLE))
    return {person.key: ambassador_id for person, ambassador_id in zip(PEOPLE, enrolled, strict=True)}


async def _enrol(api: Api, person: Person, programme: Mapping[str, Any], teams: Mapping[str, str], *, key: str) -> UUID:
    body = {
        "display_name": person.name,
        "team_id": teams[person.team],
        "language": person.language,
        "charter_version": programme["charter_version"],
    }
    path, by = f"/programmes/{programme['id']}/ambassadors", caller(person)
    made = await api.create(path, body, key=f"{key}-{person.key}", by=by)
    for network in NETWORKS:
        consent = {"mode": "manual", "handle": person.key, "audience": person.followers(network)}
        await api.call("PUT", f"/ambassadors/{made['id']}/consents/{network}", by=by, json=consent)
    return UUID(made["id"])


def _campaign_body(campaign: Campaign, calendar: Calendar) -> dict[str, Any]:
    last = calendar.first_day + timedelta(weeks=WEEKS_IN_A_SEASON, days=-1)
    return {
        "name": campaign.name,
        "objective": dict(campaign.objective),
        "starts_on": calendar.first_day.isoformat(),
        "ends_on": last.isoformat(),
    }
