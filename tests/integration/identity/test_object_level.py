"""Nobody reads or changes what is not theirs: every route of every process, called by everybody who should not.

A route that is new fails here until somebody says how it is called (routes.py): so none is open by accident.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, get_args

import httpx
import pytest

from deploy.local.servers.nats import NatsServer
from libs.auth.roles import KEY_SCOPES, SCOPES, Role
from libs.clock import new_id
from tests.integration.identity.estate import (
    UNSEEN_ANSWER,
    UNSEEN_PROPOSAL,
    UNSEEN_TEXT,
    Estate,
    ShiftedClock,
    furnished,
    programme_of,
)
from tests.integration.identity.routes import Door, call, every_door, furnishings, unknown_names
from tests.support.answers import done, refusal
from tests.support.eventually import eventually
from tests.support.harness import Caller, Stage
from tests.support.house import GATEWAY, SERVICES, House, house

DOORS = every_door()
LOCKED = [door for door in DOORS if not door.signed]
EVERY = pytest.mark.parametrize("door", LOCKED, ids=str)
ANY_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROLES = get_args(Role)
# what every ambassador of a programme may see although it has an id of the programme or of a colleague
SHARED_WITH_COLLEAGUES = {
    ("GET", "/campaigns/{campaign_id}"),
    ("GET", "/items/{item_id}"),
    ("GET", "/shares/{share_id}"),  # what is public on a network, without the text that was handed in
    ("GET", "/ambassadors/{ambassador_id}/shares"),
    ("GET", "/challenges/{challenge_id}"),
    ("POST", "/rewards/{reward_id}:redeem"),  # for oneself
    ("GET", "/boards/{board_id}"),
    ("GET", "/boards/{board_id}/rank/{ambassador_id}"),
    ("GET", "/boards/{board_id}/around/{ambassador_id}"),
    ("GET", "/boards/{board_id}/among"),
    ("GET", "/boards/{board_id}/live"),
}
# private to one ambassador, or the managers' own: no colleague ever finds these in an answer
PRIVATE = (
    "proposal_id", "declined_id", "cohort_id", "interaction_id", "entry_id", "redemption_id", "hold_id", "draft_id",
    "api_key_id", "key_id", "import_id", "quarantined_id", "simulation_id", "link_id", "webhook_id", "delivery_id",
)  # fmt: skip
RECEIPT = "/receipts/{receipt_id}"  # pending, as every one of which nothing is known
TEXTS = (UNSEEN_TEXT, UNSEEN_PROPOSAL, UNSEEN_ANSWER)


@dataclass(frozen=True, kw_only=True)
class World:
    """One of everything in one programme, another programme, and what is known of both."""

    home: House
    ours: Estate
    theirs: Estate
    ids: dict[str, str]

    def stranger(self, role: str) -> Caller:
        """Somebody of the other programme; the ambassador has joined it."""
        return self.theirs.owner if role == "ambassador" else self.theirs.someone(role)


@pytest.fixture(scope="module")
async def world(stage: Stage, broker: NatsServer) -> AsyncIterator[World]:
    clock = ShiftedClock()
    async with house(stage, broker, clocks={"gamification": clock}) as home:
        ours = await furnished(home, clock)
        theirs = await programme_of(home, people=1)
        yield World(home=home, ours=ours, theirs=theirs, ids=furnishings(ours))


def at(door: Door, world: World, caller: Caller) -> Caller:
    """The same caller, before the process of a route."""
    there = Caller(world.home.clients[door.process], None, caller.subject)
    there.headers = caller.headers
    return there


def said(answer: httpx.Response) -> tuple[int, Any]:
    """What an answer tells about things: ids and the request's own id do not count."""
    text = ANY_UUID.sub("<id>", answer.text)
    if not answer.headers.get("content-type", "").endswith("json"):
        return answer.status_code, text
    body = json.loads(text)
    return answer.status_code, {name: value for name, value in body.items() if name != "request_id"}


def test_the_list_has_every_process() -> None:
    assert {door.process for door in DOORS} == {*SERVICES, GATEWAY}
    assert len(LOCKED) > 200


@EVERY
async def test_everything_that_a_route_names_is_really_there(world: World, door: Door) -> None:
    assert not unknown_names(door, world.ids), "make one in estate.py, or say in routes.py how it is called"


@EVERY
async def test_without_a_token_nothing_opens(world: World, door: Door) -> None:
    answer = await call(door, at(door, world, world.home.bearer(None)), world.ids)
    assert refusal(answer)[:2] == (401, "missing-token")


@pytest.mark.parametrize("door", [door for door in DOORS if door.signed], ids=str)
async def test_without_a_signature_nothing_opens(world: World, door: Door) -> None:
    for caller in (world.home.bearer(None), world.ours.someone(*ROLES)):
        path = door.path
        answer = await at(door, world, caller).call(
            door.method, path, params={"programme_id": world.ids["programme_id"]}
        )
        assert answer.status_code in {401, 403, 404, 422}, answer.text


@EVERY
async def test_a_role_without_the_scope_is_refused(world: World, door: Door) -> None:
    for roles in [(), *((role,) for role in ROLES if not door.open_to(role))]:
        answer = await call(door, at(door, world, world.ours.someone(*roles)), world.ids)
        assert refusal(answer)[:2] == (403, "missing-scope"), roles


@pytest.mark.parametrize("door", [door for door in LOCKED if door.open_to("ambassador")], ids=str)
async def test_a_colleague_finds_nothing_that_is_private(world: World, door: Door) -> None:
    answer = await call(door, at(door, world, world.ours.colleague), world.ids)
    names_something = set(re.findall(r"\{(\w+)\}", door.path)) - {"programme_id", "version", "season"}
    if names_something and door.key not in SHARED_WITH_COLLEAGUES:
        assert answer.status_code in {403, 404}, answer.text
    assert not [name for name in PRIVATE if answer.is_success and world.ids[name] in answer.text]
    assert not [text for text in TEXTS if text in answer.text]


@EVERY
async def test_a_stranger_is_told_what_would_be_told_of_nothing(world: World, door: Door) -> None:
    unreal = {name: str(new_id()) if ANY_UUID.fullmatch(value) else value for name, value in world.ids.items()}
    unreal["members"] = " ".join(str(new_id()) for _ in range(5))
    for role in ROLES:
        if door.open_to(role) and "programme:write" not in door.scopes:
            stranger = at(door, world, world.stranger(role))
            answer, nothing = await call(door, stranger, world.ids), await call(door, stranger, unreal)
            assert said(answer) == said(nothing), role
            if answer.status_code not in {403, 404}:
                found = [
                    name for name, value in world.ids.items() if ANY_UUID.fullmatch(value) and value in answer.text
                ]
                assert set(found) <= {one for one in world.ids if f"{{{one}}}" in door.path}, role


@pytest.mark.parametrize("door", [door for door in LOCKED if door.names_something], ids=str)
async def test_a_token_without_a_programme_opens_no_programme(world: World, door: Door) -> None:
    caller = at(door, world, world.home.caller(*ROLES, programmes=[]))
    answer = await call(door, caller, world.ids)
    assert answer.status_code in {403, 404} or door.service_path == RECEIPT, answer.text


async def test_a_key_of_another_programme_is_a_stranger_too(world: World) -> None:
    path = f"/v1/programmes/{world.theirs.programme}/api-keys"
    body = {"name": "CRM", "scopes": sorted(KEY_SCOPES)}
    key = done(await world.theirs.someone("manager").post(path, body), 201)["key"]
    machine = world.home.bearer(key)

    async def opens() -> bool:
        return (await machine.get(f"/v1/programmes/{world.theirs.programme}/items")).status_code == 200

    await eventually(opens)
    for door in LOCKED:
        if door.process == GATEWAY and door.scopes & KEY_SCOPES and door.names_something:
            answer = await call(door, machine, world.ids)
            assert answer.status_code in {403, 404} or door.service_path == RECEIPT, f"{door}: {answer.text}"


async def test_ids_of_another_programme_in_a_body_are_as_unknown_as_no_ids(world: World) -> None:
    manager, theirs = world.theirs.someone("manager"), world.theirs.ids
    programme = f"/v1/programmes/{theirs['programme_id']}"
    proposal = {"title": "A", "language": "en", "text": "B"}
    mine = done(await world.theirs.owner.post(f"{programme}/proposals", proposal), 201)["id"]
    joining = world.theirs.someone("ambassador")
    draft = {"programme_id": theirs["programme_id"], "network": "linkedin", "text": "My own words about looms."}

    async def both(ask: Any) -> tuple[Any, Any]:
        unreal = {name: str(new_id()) for name in world.ids}
        return said(await ask(world.ids)), said(await ask(unreal))

    asked = {
        "approve into their campaign": lambda ids: manager.post(
            f"/v1/proposals/{mine}:approve", {"campaign_id": ids["campaign_id"]}
        ),
        "join their team": lambda ids: joining.post(
            f"{programme}/ambassadors",
            {"display_name": "A", "team_id": ids["team_id"], "language": "en", "charter_version": 1},
        ),
        "their people in a cohort": lambda ids: manager.post(
            f"{programme}/cohorts",
            {"name": "A", "ambassador_ids": [ids["ambassador_id"], *(str(new_id()) for _ in "abc")]},
        ),
        "a share of their item": lambda ids: world.theirs.owner.post(
            "/v1/shares", {**draft, "item_id": ids["item_id"]}
        ),
        "a preview of their item": lambda ids: world.theirs.owner.post(
            "/v1/shares:preview", {**draft, "item_id": ids["item_id"]}
        ),
        "a spotlight on one of them": lambda ids: manager.post(
            f"{programme}/spotlights", {"ambassador_id": ids["ambassador_id"], "reason": "A"}
        ),
        "a board of their team": lambda ids: manager.post(
            f"{programme}/boards", {"title": "A", "team_id": ids["team_id"]}
        ),
        "a board of their campaign": lambda ids: manager.post(
            f"{programme}/boards", {"title": "A", "campaign_id": ids["campaign_id"]}
        ),
        "a board of their cohort": lambda ids: manager.post(
            f"{programme}/boards", {"title": "A", "cohort_id": ids["cohort_id"]}
        ),
        "measures of their people": lambda ids: manager.get(
            "/v1/measures",
            params={"programme_id": theirs["programme_id"], "by": "ambassador", "ids": ids["ambassador_id"]},
        ),
        "their simulation": lambda ids: manager.get(f"{programme}/simulations/{ids['simulation_id']}"),
        "their conversion key": lambda ids: manager.delete(f"{programme}/conversion-keys/{ids['key_id']}"),
        "quarantine by their share": lambda ids: manager.get(
            "/v1/quarantine", params={"programme_id": theirs["programme_id"], "q": ids["share_id"]}
        ),
        "own conversations on their share": lambda ids: world.theirs.owner.get(
            "/v1/me/conversations", params={"share_id": ids["share_id"]}
        ),
    }
    for name, ask in asked.items():
        real, unreal = await both(ask)
        assert real == unreal, name
        assert real[0] in {200, 404, 409, 422}, name


async def test_what_is_reported_on_a_share_of_another_programme_does_not_count(world: World) -> None:
    engagement = f"/v1/shares/{world.ids['share_id']}/engagement"
    before = done(await world.ours.someone("manager").get(engagement), 200)
    machine, programme = world.theirs.someone("service"), str(world.theirs.programme)
    for door in LOCKED:
        if door.process == GATEWAY and door.key in {
            ("POST", "/programmes/{programme_id}/interactions"),
            ("POST", "/snapshots"),
        }:
            done(await call(door, machine, {**world.ids, "programme_id": programme}), 202)
    await world.home.settled()
    assert done(await world.ours.someone("manager").get(engagement), 200) == before
    reasons = done(await world.theirs.someone("manager").get(f"/v1/quarantine?programme_id={programme}"), 200)
    assert {one["reason"] for one in reasons["items"]} == {"unknown-share"}


def order(door: Door) -> tuple[int, str]:
    """Reading first, and last what takes away."""
    ends = (":cancel", ":revoke", ":withdraw", ":retire", ":reverse", ":discard", ":refuse")
    return ["GET", "PUT", "POST", "DELETE"].index(door.method) + 4 * door.path.endswith(ends), door.path


IN_TURN: list[Door] = sorted(LOCKED, key=order)


@pytest.mark.parametrize("door", IN_TURN, ids=str)
async def test_whoever_it_is_for_gets_it(world: World, door: Door) -> None:
    """What gives the refusals above their worth: made rightly, the same calls open, or meet another state."""
    callers = {
        "ambassador": world.ours.owner,
        "manager": world.ours.someone("manager"),
        "admin": world.home.caller("admin"),
    }
    if door.key == ("POST", "/programmes/{programme_id}/ambassadors"):
        callers["ambassador"] = world.ours.someone("ambassador")
    ids = world.ids
    if door.method == "DELETE" and door.process == GATEWAY:  # the service has deleted the first already
        ids = {**ids, **{name: ids[f"other_{name}"] for name in ("cohort_id", "name", "webhook_id")}}
    answer = await call(door, at(door, world, callers[door.role]), ids)
    assert answer.is_success or answer.status_code == 409, answer.text


def test_every_scope_opens_some_route() -> None:
    assert set().union(*(door.scopes for door in LOCKED)) == set().union(*SCOPES.values())
