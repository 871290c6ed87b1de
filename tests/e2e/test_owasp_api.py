"""The ten risks of OWASP API Security 2023, each tried by name against all of Timbre, from outside."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.routes import ROUTES
from libs.clock import new_id
from tests.support.eventually import eventually
from tests.support.people import OWN, Ambassador, Programme, done, enrol, make_programme
from tests.support.stack import RunningStack

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
async def programme(stack: RunningStack) -> Programme:
    return await make_programme(stack)


@pytest.fixture(scope="module")
async def victim(programme: Programme) -> Ambassador:
    return await enrol(programme, "Vera")


@pytest.fixture(scope="module")
async def attacker(programme: Programme) -> Ambassador:
    return await enrol(programme, "Mallory")


def refused(answer: httpx.Response, *statuses: int) -> None:
    """The answer is a refusal in the form of all, and says nothing of how we are made."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert not any(word in answer.text for word in ("Traceback", "sqlalchemy", "asyncpg", "services/", "SELECT "))


@pytest.mark.parametrize("path", ["points", "conversations", "redemptions", "streak", "badges", "progress"])
async def test_api1_broken_object_level_authorization(victim: Ambassador, attacker: Ambassador, path: str) -> None:
    answer = await attacker.caller.get(f"/v1/ambassadors/{victim.id}/{path}")
    refused(answer, 403, 404)


async def test_api1_a_colleagues_post_is_known_and_its_text_is_not(victim: Ambassador, attacker: Ambassador) -> None:
    share = await victim.share(OWN.replace("Marie", "Vera"), at=NOW - timedelta(hours=2))
    for path in (f"ambassadors/{victim.id}/shares", f"shares/{share['id']}"):
        answer = await attacker.caller.get(f"/v1/{path}")
        assert (answer.status_code, "Vera" in answer.text) == (200, False)


async def test_api1_an_object_of_another_programme_by_its_id(programme: Programme, stack: RunningStack) -> None:
    outsider = stack.caller("manager", programmes=[new_id()])
    for path in (f"items/{programme.item_id}", f"boards/{programme.board_id}", f"programmes/{programme.id}/rules"):
        refused(await outsider.get(f"/v1/{path}"), 403, 404)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic YWRtaW46YWRtaW4=", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.", "bearer\tx"],
)
async def test_api2_broken_authentication(stack: RunningStack, header: str) -> None:
    answer = await stack.client.get("/v1/me", headers={"Authorization": header} if header else {})
    refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_api2_a_token_in_the_query_or_a_cookie_is_none(stack: RunningStack, attacker: Ambassador) -> None:
    token = attacker.caller.headers["Authorization"].removeprefix("Bearer ")
    refused(await stack.client.get("/v1/me", params={"access_token": token, "token": token}), 401)
    refused(await stack.client.get("/v1/me", headers={"Cookie": f"access_token={token}"}), 401)


@pytest.mark.parametrize("more", [{"points": 1_000_000}, {"id": str(new_id())}, {"roles": ["admin"]}, {"state": "x"}])
async def test_api3_broken_object_property_level_authorization(
    programme: Programme, attacker: Ambassador, more: dict[str, Any]
) -> None:
    """What a person may not set is refused by name and not silently taken or dropped."""
    share = {
        "programme_id": str(programme.id), "item_id": str(programme.item_id), "network": "linkedin", "text": OWN,
        "published_at": (NOW - timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    answer = await attacker.caller.post("/v1/shares", {**share, **more})
    refused(answer, 422)
    assert [error["field"] for error in answer.json()["errors"]] == list(more)


async def test_api3_answers_hold_no_more_than_their_reader_may_know(programme: Programme, victim: Ambassador) -> None:
    analyst = programme.stack.caller("analyst", programmes=[programme.id])
    people = await analyst.get(f"/v1/programmes/{programme.id}/ambassadors")
    board = await analyst.get(f"/v1/boards/{programme.board_id}")
    for answer in (people, board):
        assert answer.status_code == 200, answer.text
        assert victim.caller.subject not in answer.text
        assert not any(word in answer.text for word in ('"subject_key"', '"salt"', '"handle"', '"person_key"'))


@pytest.mark.parametrize("query", ["limit=101", "limit=1000000", "limit=0", "limit=-1", "limit=1e9"])
async def test_api4_unrestricted_resource_consumption_by_page_size(programme: Programme, query: str) -> None:
    refused(await programme.manager().get(f"/v1/boards/{programme.board_id}?{query}"), 422)


async def test_api4_unrestricted_resource_consumption_by_bodies(programme: Programme, attacker: Ambassador) -> None:
    machine, path = programme.machine(), f"/v1/interactions?programme_id={programme.id}"
    refused(await machine.post(path, {"interactions": [{}] * 1001}), 422)
    deep = "[" * 100_000 + "]" * 100_000
    kind = {"Content-Type": "application/json"}
    refused(await machine.post(path, content=deep, headers=kind), 400, 422)
    refused(await attacker.caller.post("/v1/shares:preview", content=b" " * (2 << 20), headers=kind), 413)
    huge = json.dumps({"interactions": [{"share_id": "9" * 5_000_000}]})
    refused(await machine.post(path, content=huge, headers=kind), 413, 422)


async def test_api5_broken_function_level_authorization(programme: Programme, attacker: Ambassador) -> None:
    """Every route that asks for a scope which an ambassador lacks refuses one, whatever stands in its path."""
    held = {"content:read", "sharing:self", "share:write", "engagement:self", "points:self", "boards:read"}
    names = {"programme_id": str(programme.id), "version": "1", "season": "S001", "export": "shares", "number": "1"}
    for route in ROUTES:
        if route.signed or held & set(route.scopes):
            continue
        path = route.path
        for part in {part.strip("{}") for part in path.replace(":", "/").split("/") if part.startswith("{")}:
            path = path.replace(f"{{{part}}}", names.get(part, str(new_id())))
        answer = await attacker.caller.call(route.method, path, json={} if route.method != "GET" else None)
        refused(answer, 403)
        assert answer.json()["type"] == "urn:timbre:problem:missing-scope", f"{route.method} {route.path}"


async def test_api6_unrestricted_access_to_sensitive_business_flows(programme: Programme, attacker: Ambassador) -> None:
    """A crowd of one's own making earns next to nothing: oneself, one person many times, the same batch again."""
    share = await attacker.share(OWN.replace("Marie", "Mallory"), at=NOW - timedelta(hours=30))
    me = [("reaction", f"Mallory-{attacker.id}"), ("comment", f"Mallory-{attacker.id}")]
    for n in range(3):
        await programme.interact(share["id"], *me, ("reaction", "bot"), at=NOW - timedelta(hours=20), batch=str(n))

    async def counted() -> bool:
        answer = await programme.manager().get(f"/v1/shares/{share['id']}/engagement")
        return answer.status_code == 200 and "reaction" in answer.text

    await eventually(counted, seconds=30)
    points = done(await attacker.caller.get(f"/v1/ambassadors/{attacker.id}/points"))
    assert sum(one["points"] for one in points["balances"] if one["period"] == "all") < 5


@pytest.mark.parametrize("name", ["url", "next", "redirect_uri", "target", "callback"])
@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "http://[::1]/", "file:///etc/passwd"])
async def test_api7_server_side_request_forgery(stack: RunningStack, name: str, address: str) -> None:
    """No address that a caller names is fetched or answered; targets of webhooks have tests of their own."""
    plain = await stack.caller("analyst").get("/v1/programmes", params={"limit": 1})
    tried = await stack.caller("analyst").get("/v1/programmes", params={"limit": 1, name: address})
    assert (tried.status_code, tried.json()) == (200, plain.json())


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "DEBUG"])
async def test_api8_security_misconfiguration_by_method(stack: RunningStack, method: str) -> None:
    answer = await stack.client.request(method, "/v1/me")
    assert answer.status_code in {400, 401, 404, 405}
    assert "TRACE" not in answer.text


async def test_api8_security_misconfiguration_by_headers(victim: Ambassador) -> None:
    answer = await victim.caller.get("/v1/me", headers={"Origin": "https://evil.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers


async def test_api9_improper_inventory_management(stack: RunningStack) -> None:
    """All that is served is documented, and nothing else: no old version, no page of a service, no debug path."""
    document = (await stack.client.get("/openapi.json")).json()
    served = {(route.path, route.method.lower()) for route in ROUTES}
    told = {(path, method) for path, item in document["paths"].items() for method in item if path.startswith("/v1/")}
    assert served <= told
    admin = stack.caller("admin")
    for path in ("/v0/me", "/v2/me", "/me", "/debug", "/admin", "/.env", "/.git/config", "/v1/metrics", "/console"):
        refused(await admin.get(path), 404)


@pytest.mark.parametrize("network", ["linkedin", "x", "meta"])
async def test_api10_unsafe_consumption_of_apis(stack: RunningStack, network: str) -> None:
    """What a network sends is believed for its signature alone."""
    body = {"notifications": [{"notificationId": 1}], "entry": [], "favorite_events": []}
    unsigned = await stack.client.post(f"/v1/webhooks/{network}", json=body)
    signatures = ("x-li-signature", "x-twitter-webhooks-signature", "x-hub-signature-256")
    forged = await stack.client.post(
        f"/v1/webhooks/{network}", json=body, headers=dict.fromkeys(signatures, "sha256=" + "0" * 64)
    )
    for answer in (unsigned, forged):
        refused(answer, 401, 404)  # 404: the network is not set up
