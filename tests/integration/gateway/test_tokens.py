"""Who is not let in, and what they are told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.issuer import Issuer
from tests.integration.gateway.upstream import Service

PAST = datetime.now(UTC) - timedelta(hours=1)
WRONG: dict[str, Callable[[Issuer], str]] = {
    "malformed": lambda _: "not.a.token",
    "not base64": lambda _: "%%%",
    "truncated": lambda issuer: issuer.token("admin").rsplit(".", 1)[0] + ".",
    "expired": lambda issuer: issuer.token("admin", exp=PAST),
    "not valid yet": lambda issuer: issuer.token("admin", nbf=datetime.now(UTC) + timedelta(hours=1)),
    "without an end": lambda issuer: issuer.signed({k: v for k, v in issuer.claims("admin").items() if k != "exp"}),
    "of another issuer": lambda issuer: issuer.token("admin", iss="somebody-else"),
    "for another audience": lambda issuer: issuer.token("admin", aud="another-api"),
    "for two audiences": lambda issuer: issuer.token("admin", aud=["timbre", "another-api"]),
    "unsigned (alg none)": lambda issuer: issuer.unsigned(),
    "signed with the public key (HS256)": lambda issuer: issuer.signed_with_public_key(),
    "signed with another key": lambda issuer: issuer.signed(issuer.claims("admin"), key=Ed25519PrivateKey.generate()),
    "of another type (an ID token)": lambda issuer: issuer.signed(issuer.claims("admin"), typ="JWT"),
    "of an unknown key": lambda issuer: issuer.signed(issuer.claims("admin"), kid="unknown"),
    "without a subject": lambda issuer: issuer.signed({k: v for k, v in issuer.claims("admin").items() if k != "sub"}),
    "too long": lambda issuer: issuer.token("admin", filler="x" * 9000),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("path", ["/v1/me", "/v1/boards/00000000-0000-7000-8000-000000000000"])
async def test_a_token_that_is_not_ours_opens_nothing(gateway: Gateway, service: Service, kind: str, path: str) -> None:
    before = len(service.calls)
    headers = {"Authorization": f"Bearer {WRONG[kind](gateway.issuer)}"}
    answer = await gateway.client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:timbre:problem:invalid-token"
    assert answer.headers["www-authenticate"] == 'Bearer realm="timbre", error="invalid_token"'
    assert len(service.calls) == before


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
async def test_without_a_bearer_token_nothing_opens(
    gateway: Gateway, service: Service, headers: dict[str, str]
) -> None:
    before = len(service.calls)
    answer = await gateway.client.get("/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:timbre:problem:missing-token"
    assert answer.headers["www-authenticate"] == 'Bearer realm="timbre"'
    assert len(service.calls) == before


async def test_two_authorization_headers_are_refused(gateway: Gateway) -> None:
    token = f"Bearer {gateway.issuer.token('admin')}"
    answer = await gateway.client.get("/v1/me", headers=[("Authorization", token), ("Authorization", token)])
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:timbre:problem:invalid-token")


async def test_a_role_without_the_scope_is_told_which_it_needs(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    answer = await gateway.post("/v1/programmes", "ambassador", json={})
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:timbre:problem:missing-scope"
    assert 'error="insufficient_scope", scope="programme:write"' in answer.headers["www-authenticate"]
    assert len(service.calls) == before


async def test_a_token_of_another_programme_does_not_enter(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    headers = gateway.issuer.headers("manager", programmes=[uuid4()])
    for path in (f"/v1/programmes/{uuid4()}/interactions", f"/v1/interactions?programme_id={uuid4()}"):
        answer = await gateway.client.post(path, headers=headers, json={})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:foreign-programme")
    assert len(service.calls) == before


async def test_a_right_token_goes_on_to_the_service(gateway: Gateway, service: Service) -> None:
    token = gateway.issuer.token("ambassador")
    answer = await gateway.client.get("/v1/me", headers={"Authorization": f"bearer {token}"})
    assert answer.status_code == 200
    assert ("authorization", f"bearer {token}") in service.calls[-1].headers
