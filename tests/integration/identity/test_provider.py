"""Tokens of a real, certified OpenID provider, in every process. The tests follow each other, as its days do."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import jwt
import pytest

from deploy.local.servers.nats import NatsServer
from libs.auth import key_sets, provider
from libs.clock import new_id
from tests.support.answers import refusal
from tests.support.eventually import eventually
from tests.support.harness import Stage
from tests.support.house import GATEWAY, SERVICES, House, house
from tests.support.oidc import OidcProvider, installed, new_signing_key

DOORS = {
    "content": "/programmes",
    "sharing": "/me",
    "engagement": "/quarantine",
    "gamification": "/rules/1",
    "webhooks": f"/programmes/{new_id()}/webhooks",
    "gateway": "/v1/programmes",
}
PROCESSES = (*SERVICES, GATEWAY)
CLAIMS = {"realm_access": {"roles": ["timbre-staff", "offline_access"]}, "groups": ["everywhere", "elsewhere"]}


@pytest.fixture(scope="module", autouse=True)
def _short_days() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_sets, "REFRESH_SECONDS", 0.1)
        patch.setattr(provider, "PATIENCE_SECONDS", 1.0)
        yield


@pytest.fixture(scope="module")
async def oidc(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OidcProvider]:
    made = OidcProvider(installed(), tmp_path_factory.mktemp("oidc") / "log", CLAIMS)
    await made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
async def early(oidc: OidcProvider) -> str:
    """A token that was given before the provider went down."""
    token = await oidc.token()
    oidc.stop()
    return token


@pytest.fixture(scope="module")
async def home(stage: Stage, broker: NatsServer, oidc: OidcProvider, early: str) -> AsyncIterator[House]:
    """The processes, started while the provider is down."""
    assert early
    trust: dict[str, Any] = {
        "auth_jwks": None,
        "auth_issuer": oidc.issuer,
        "auth_roles_claim": "realm_access.roles",
        "auth_roles": {"timbre-staff": ["manager", "ambassador"]},
        "auth_programmes_claim": "groups",
        "auth_programmes": {"everywhere": ["*"]},
    }
    async with house(stage, broker, **trust) as running:
        yield running


async def ask(home: House, token: str, process: str = GATEWAY) -> httpx.Response:
    return await home.bearer(token, at=process).get(DOORS[process])


async def everywhere(home: House, token: str) -> set[tuple[int, str]]:
    """What the processes answer: status, and slug of the problem."""
    answers = [await ask(home, token, process) for process in PROCESSES]
    return {(one.status_code, "" if one.is_success else refusal(one)[1]) for one in answers}


def forged(kid: str) -> str:
    """A token that nobody has signed, of a key that nobody has."""
    parts = ({"alg": "ES256", "typ": "at+jwt", "kid": kid}, {"sub": "mallory"})
    head, payload = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{payload}.AAAA"


async def test_without_the_provider_processes_run_and_put_tokens_off(home: House, early: str) -> None:
    assert await everywhere(home, early) == {(503, "identity-unavailable")}
    for process in PROCESSES:
        assert int((await ask(home, early, process)).headers["retry-after"]) >= 1
        assert (await home.clients[process].get("/livez")).status_code == 200
        assert (await home.clients[process].get("/readyz")).status_code == 200


async def test_they_heal_when_it_comes(home: House, oidc: OidcProvider, early: str) -> None:
    await oidc.start()

    async def healed() -> bool:
        return await everywhere(home, early) == {(200, "")}

    await eventually(healed, seconds=30)


async def test_its_access_token_is_of_the_type_that_is_asked_for(oidc: OidcProvider) -> None:
    assert jwt.get_unverified_header(await oidc.token())["typ"] == "at+jwt"


async def test_groups_mean_what_the_settings_say(home: House, oidc: OidcProvider) -> None:
    token = await oidc.token()
    admin_only = await home.bearer(token).post("/v1/programmes", {})
    assert refusal(admin_only)[:2] == (403, "missing-scope")
    assert (await ask(home, token)).status_code == 200


async def test_a_token_for_another_audience_is_refused(home: House, oidc: OidcProvider) -> None:
    assert await everywhere(home, await oidc.token("another-system")) == {(401, "invalid-token")}


async def test_an_id_token_is_no_access_token(home: House, oidc: OidcProvider) -> None:
    given = await oidc.login()
    assert await everywhere(home, given["id_token"]) == {(401, "invalid-token")}
    assert await everywhere(home, given["access_token"]) == {(401, "invalid-token")}  # for the provider, and opaque


async def test_a_flood_of_unknown_keys_does_not_reach_the_provider(
    home: House, oidc: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_sets, "REFRESH_SECONDS", 600.0)
    before = oidc.asked("/jwks")
    for process in PROCESSES:
        answers = await asyncio.gather(*(ask(home, forged(f"{process}-{n}"), process) for n in range(200)))
        assert {answer.status_code for answer in answers} == {401}
    assert oidc.asked("/jwks") - before <= len(PROCESSES)


async def test_while_it_hangs_known_keys_serve_and_nothing_waits_for_it(home: House, oidc: OidcProvider) -> None:
    token = await oidc.token()
    with oidc.frozen():
        unknown = asyncio.create_task(ask(home, forged("frozen")))
        await asyncio.sleep(0)
        assert await everywhere(home, token) == {(200, "")}
        assert (await home.clients[GATEWAY].get("/livez")).status_code == 200
        assert refusal(await unknown)[:2] == (503, "identity-unavailable")


async def test_its_new_keys_are_found_and_its_old_ones_forgotten(home: House, oidc: OidcProvider) -> None:
    old = await oidc.token()
    oidc.stop()
    oidc.keys = [new_signing_key(), *oidc.keys]
    await oidc.start()
    new = await oidc.token()
    assert await everywhere(home, new) == await everywhere(home, old) == {(200, "")}
    oidc.stop()
    oidc.keys = [new_signing_key()]
    await oidc.start()
    newest = await oidc.token()

    async def forgotten() -> bool:
        return await everywhere(home, newest) == {(200, "")} and await everywhere(home, old) == await everywhere(
            home, new
        ) == {(401, "invalid-token")}

    await eventually(forgotten, seconds=30)


async def test_while_it_is_down_what_is_known_serves_and_what_is_not_is_put_off(
    home: House, oidc: OidcProvider
) -> None:
    known = await oidc.token()
    other = OidcProvider(oidc.program, oidc.log.with_name("other"), CLAIMS, issuer=oidc.issuer)
    oidc.stop()
    await other.start()
    unknown = await other.token()
    other.stop()
    assert await everywhere(home, known) == {(200, "")}
    assert await everywhere(home, unknown) == {(503, "identity-unavailable")}
    assert await everywhere(home, known) == {(200, "")}
