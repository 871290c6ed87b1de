"""Routes without a token: what the service verifies reaches it as it was sent."""

import pytest

from gateway.routes import ROUTES
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.upstream import Service

SIGNED = [route for route in ROUTES if route.signed]
NAMES = [f"{route.method} {route.path}" for route in SIGNED]
SIGNATURES = {
    "X-LI-Signature": "ab12",
    "x-twitter-webhooks-signature": "sha256=q83v",
    "X-Hub-Signature-256": "sha256=ab12",
    "webhook-id": "msg_1",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,q83v v1,q83w",
}


@pytest.mark.parametrize("route", SIGNED, ids=NAMES)
@pytest.mark.parametrize("token", [None, "Bearer not.a.token"])
async def test_a_signed_route_is_passed_on_without_a_token_and_with_all_that_is_signed(
    gateway: Gateway, service: Service, route: object, token: str | None
) -> None:
    assert route in ROUTES
    found = next(one for one in ROUTES if one is route)
    body = b'{ "a" : "\xc3\xa9" }\n' if found.method == "POST" else b""
    headers = {**SIGNATURES, **({"Authorization": token} if token else {})}
    answer = await gateway.client.request(
        found.method, found.path, params={"crc_token": "a+b/c=", "hub.mode": "subscribe"}, content=body, headers=headers
    )
    assert answer.status_code == 200
    told = service.calls[-1]
    assert (told.method, told.path, told.size) == (found.method, found.service_path, len(body))
    assert told.query == "crc_token=a%2Bb%2Fc%3D&hub.mode=subscribe"
    passed = {name.lower(): value for name, value in told.headers}
    assert {name: passed[name.lower()] for name in SIGNATURES} == SIGNATURES


async def test_a_signed_route_has_its_bounds(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    answer = await gateway.client.post("/v1/webhooks/x", content=b"x" * (256 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:timbre:problem:body-too-large")
    wrong = await gateway.client.put("/v1/webhooks/x", content=b"{}")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")
    assert len(service.calls) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/programmes/01a20510-900f-7638-a17d-5f6c208b0405/conversion-keys"),
        ("GET", "/v1/webhooks/../me"),
        ("GET", "/v1/me"),
    ],
)
async def test_a_signature_is_no_token_elsewhere(gateway: Gateway, service: Service, method: str, path: str) -> None:
    before = len(service.calls)
    answer = await gateway.client.request(method, path, headers=SIGNATURES)
    assert answer.status_code in {401, 404}
    assert len(service.calls) == before


async def test_the_document_says_which_routes_are_signed(gateway: Gateway) -> None:
    paths = (await gateway.client.get("/openapi.json")).json()["paths"]
    assert "/v1/webhooks/x" not in paths  # the service of this test describes no such route
    assert paths["/v1/me"]["get"]["security"] == [{"bearer": ["sharing:self"]}]
