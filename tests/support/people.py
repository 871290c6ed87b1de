"""Someone who sets up a programme through the public API and someone who takes part, for stories from outside."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.stack import RunningStack

CAPTIONS = [
    {
        "language": "en",
        "text": "Our new lamp uses half the power of the last one and is made in our own workshop by the people "
        "whom you can meet on our open day this Friday, with coffee and a tour of the glass furnace.",
    },
    {
        "language": "fr",
        "text": "Notre nouvelle lampe consomme deux fois moins que la précédente et sort de notre propre atelier, où "
        "vous rencontrerez celles et ceux qui la fabriquent lors des portes ouvertes de vendredi.",
    },
]
OWN = (
    "I spent last winter burning my fingers on prototypes. Marie kept telling me the glass was too thin, and she was "
    "right twice. Today somebody from the fire brigade asked for six of them, which is the nicest order I ever got."
)
ITEM_URL = "https://www.lumen.example/open-day"
WEEK = timedelta(days=7)


def done(answer: Any, *statuses: int) -> Any:
    assert answer.status_code in (statuses or (200, 201, 202)), answer.text
    return answer.json()


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A programme with one published item."""

    stack: RunningStack
    id: UUID
    item_id: UUID
    team_id: UUID
    board_id: UUID

    def manager(self) -> Caller:
        return self.stack.caller("manager", programmes=[self.id])

    def machine(self) -> Caller:
        return self.stack.caller("service", programmes=[self.id])

    async def board(self, caller: Caller, **query: Any) -> dict[str, float]:
        page = done(await caller.get(f"/v1/boards/{self.board_id}", params={"limit": 100, **query}))
        return {row["name"]: row["points"] for row in page["items"]}

    async def shows(self, name: str, *, above: float = 0) -> None:
        """Return when the board shows somebody with more than so many points."""

        async def shown() -> bool:
            answer = await self.manager().get(f"/v1/boards/{self.board_id}", params={"limit": 100})
            rows = answer.json()["items"] if answer.status_code == 200 else []
            return any(row["name"] == name and row["points"] > above for row in rows)

        await eventually(shown, seconds=30)

    async def interact(self, share_id: str, *deeds: tuple[str, str], at: datetime, batch: str = "") -> Any:
        """Report deeds (kind, person) on a share; sent again while engagement does not know the share yet."""
        body = {
            "interactions": [
                {
                    "share_id": share_id,
                    "kind": kind,
                    "source": "test",
                    "external_id": f"{batch}{share_id}-{kind}-{person}",
                    "person": person,
                    "occurred_at": at.isoformat(),
                    "provenance": "measured",
                }
                for kind, person in deeds
            ]
        }
        answers: list[Any] = []

        async def taken() -> bool:
            answer = await self.machine().post(f"/v1/interactions?programme_id={self.id}", body)
            answers.append(answer)
            return answer.status_code == 202 and not answer.json()["rejected"]

        await eventually(taken, seconds=30)
        return answers[-1].json()


@dataclass(frozen=True, kw_only=True)
class Ambassador:
    """Somebody who takes part."""

    id: str
    name: str
    caller: Caller
    programme: Programme

    async def share(self, text: str, *, at: datetime, network: str = "linkedin", **more: Any) -> dict[str, Any]:
        body = {
            "programme_id": str(self.programme.id),
            "item_id": str(self.programme.item_id),
            "network": network,
            "text": text,
            "published_at": at.isoformat(),
            **more,
        }
        share: dict[str, Any] = done(await self.caller.post("/v1/shares", body))
        return share


async def make_programme(stack: RunningStack) -> Programme:
    """Open a programme through the gateway, with a team and a published item; returns when its board can be read."""
    admin = stack.caller("admin")
    first_day = (datetime.now(UTC) - 8 * WEEK).date().isoformat()
    made = done(
        await admin.post(
            "/v1/programmes",
            {"name": "Lumen", "time_zone": "Europe/Paris", "first_day": first_day, "charter_text": "Be yourself."},
        )
    )
    where = f"/v1/programmes/{made['id']}"
    campaign = {
        "name": "Open day",
        "objective": {"kind": "employer_brand", "kpi": "comments", "target": 100},
        "starts_on": first_day,
        "ends_on": (datetime.now(UTC) + 8 * WEEK).date().isoformat(),
    }
    opened = done(await admin.post(f"{where}/campaigns", campaign))
    content = {"title": "Open day", "url": ITEM_URL, "captions": CAPTIONS}
    item = done(await admin.post(f"/v1/campaigns/{opened['id']}/items", content))
    done(await admin.post(f"/v1/items/{item['id']}:publish"))
    boards: list[dict[str, Any]] = []
    teams: list[Any] = []

    async def known() -> bool:
        boards.extend(done(await admin.get(f"{where}/boards"))["items"])
        answer = await admin.post(f"{where}/teams", {"name": "Workshop"}, headers={"Idempotency-Key": made["id"]})
        teams.append(answer)
        return bool(boards) and answer.status_code == 201

    async def filled() -> bool:
        return (await admin.get(f"/v1/boards/{boards[0]['id']}")).status_code == 200

    await eventually(known, seconds=30)
    await eventually(filled, seconds=30)
    return Programme(
        stack=stack,
        id=UUID(made["id"]),
        item_id=UUID(item["id"]),
        team_id=UUID(teams[-1].json()["id"]),
        board_id=UUID(boards[0]["id"]),
    )


async def enrol(programme: Programme, name: str, *, handle: str = "", network: str = "linkedin") -> Ambassador:
    """Join by one's own choice, with consent for a network."""
    caller = programme.stack.caller("ambassador", programmes=[programme.id])
    body = {"display_name": name, "team_id": str(programme.team_id), "language": "en", "charter_version": 1}
    made = done(await caller.post(f"/v1/programmes/{programme.id}/ambassadors", body))
    consent = {"mode": "manual", "handle": handle or f"{name}-{made['id']}", "audience": 500}
    done(await caller.put(f"/v1/ambassadors/{made['id']}/consents/{network}", consent))
    return Ambassador(id=made["id"], name=name, caller=caller, programme=programme)
