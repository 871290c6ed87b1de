"""API keys from their making to their end, in every process."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from deploy.local.servers.nats import NatsServer
from libs.auth.api_keys import FORM, REVOKED, digest_of, secret_id_of
from libs.auth.roles import KEY_SCOPES, SCOPES
from libs.bus.connection import open_connection
from libs.clock import new_id
from libs.events.topology import API_KEYS
from libs.process import identity
from tests.support.answers import done, refusal
from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.house import GATEWAY, SERVICES, House

PROGRAMME = {
    "name": "Voices of Lumen",
    "time_zone": "Europe/Paris",
    "first_day": "2026-09-07",
    "charter_text": "Speak in your own words.",
}
PROCESSES = (*SERVICES, GATEWAY)
# of each process a path that a key with the scopes of a service may read; answers beyond 401 and 503 let it in
DOORS = {
    "content": "/programmes/{id}/items",
    "sharing": "/programmes/{id}/ambassadors",
    "engagement": "/programmes/{id}/rates",
    "gamification": "/programmes/{id}/boards",
    "webhooks": "/deliveries/{id}/event",
    "gateway": "/v1/programmes/{id}/items",
}


@dataclass(frozen=True, kw_only=True)
class Yard:
    """A programme with somebody who may make keys."""

    home: House
    id: UUID

    @property
    def keys(self) -> str:
        return f"/v1/programmes/{self.id}/api-keys"

    def manager(self) -> Caller:
        return self.home.caller("manager", programmes=[self.id])

    async def made(self, **body: Any) -> dict[str, Any]:
        return done(await self.manager().post(self.keys, {"name": "CRM", **body}), 201)

    async def ask(self, key: str, process: str) -> httpx.Response:
        return await self.home.bearer(key, at=process).get(DOORS[process].format(id=self.id))

    async def opens(self, key: str, *processes: str) -> None:
        """Return when a key opens every process."""

        async def all_do() -> bool:
            answers = [await self.ask(key, process) for process in processes or PROCESSES]
            return all(answer.status_code not in {401, 403, 503} for answer in answers)

        await eventually(all_do, seconds=30)

    async def refuses(self, key: str) -> None:
        """Return when every process refuses a key."""

        async def all_do() -> bool:
            answers = [await self.ask(key, process) for process in PROCESSES]
            return all(answer.status_code == 401 for answer in answers)

        await eventually(all_do)


@pytest.fixture
async def yard(home: House) -> Yard:
    made = done(await home.caller("admin").post("/v1/programmes", PROGRAMME), 201)
    return Yard(home=home, id=UUID(made["id"]))


async def test_a_key_opens_every_process_with_the_scopes_of_a_service(yard: Yard) -> None:
    made = await yard.made()
    assert FORM.fullmatch(made["key"])
    assert set(made["scopes"]) == SCOPES["service"]
    assert [secret["id"] for secret in made["secrets"]] == [str(secret_id_of(made["key"]))]
    await yard.opens(made["key"])


async def test_a_key_stays_within_its_programme_and_its_scopes(yard: Yard) -> None:
    other = done(await yard.home.caller("admin").post("/v1/programmes", PROGRAMME), 201)
    made = await yard.made(scopes=["content:read"])
    await yard.opens(made["key"], "content", GATEWAY)
    machine = yard.home.bearer(made["key"])
    assert refusal(await machine.get(f"/v1/programmes/{other['id']}/items"))[:2] == (403, "foreign-programme")
    assert refusal(await machine.get(f"/v1/programmes/{yard.id}/rates"))[:2] == (403, "missing-scope")
    listed = done(await machine.get("/v1/programmes"), 200)
    assert [one["id"] for one in listed["items"]] == [str(yard.id)]


async def test_a_key_makes_no_keys(yard: Yard) -> None:
    made = await yard.made(scopes=sorted(KEY_SCOPES))
    await yard.opens(made["key"], GATEWAY)
    machine = yard.home.bearer(made["key"])
    for path in (yard.keys, f"/v1/api-keys/{made['id']}:rotate", f"/v1/api-keys/{made['id']}:revoke"):
        assert refusal(await machine.post(path, {"name": "more"}))[:2] == (403, "missing-scope")


@pytest.mark.parametrize("scope", ["keys:write", "programme:write", "points:self", "share:write", "everything", ""])
async def test_a_key_is_given_no_scope_that_keys_may_not_have(yard: Yard, scope: str) -> None:
    answer = await yard.manager().post(yard.keys, {"name": "CRM", "scopes": ["content:read", scope]})
    assert refusal(answer) == (422, "invalid-request", ["scopes[1]"])


@pytest.mark.parametrize("role", ["ambassador", "analyst", "service"])
async def test_who_may_not_make_keys_makes_none(yard: Yard, role: str) -> None:
    answer = await yard.home.caller(role).post(yard.keys, {"name": "CRM"})
    assert refusal(answer)[:2] == (403, "missing-scope")


async def test_a_manager_of_another_programme_learns_and_changes_nothing(yard: Yard) -> None:
    made = await yard.made()
    stranger = yard.home.caller("manager", programmes=[new_id()])
    for path in (yard.keys, f"/v1/programmes/{new_id()}/api-keys"):
        assert refusal(await stranger.post(path, {"name": "CRM"}))[:2] == (403, "foreign-programme")
        assert refusal(await stranger.get(path))[:2] == (403, "foreign-programme")
    for verb, body in (("rotate", {}), ("revoke", None)):
        real = await stranger.post(f"/v1/api-keys/{made['id']}:{verb}", body)
        unreal = await stranger.post(f"/v1/api-keys/{new_id()}:{verb}", body)
        assert refusal(real)[:2] == refusal(unreal)[:2] == (404, "api-key-not-found")
    await yard.opens(made["key"])


async def test_a_repetition_makes_no_second_key_and_does_not_show_the_first(yard: Yard) -> None:
    manager, headers = yard.manager(), {"Idempotency-Key": str(new_id())}
    first = await manager.post(yard.keys, {"name": "CRM"}, headers=headers)
    again = await manager.post(yard.keys, {"name": "CRM"}, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert done(again, 201) == {**done(first, 201), "key": None}
    assert len(done(await manager.get(yard.keys), 200)["items"]) == 1


async def test_the_secret_is_kept_nowhere(yard: Yard, broker: NatsServer, capfd: pytest.CaptureFixture[str]) -> None:
    manager, headers = yard.manager(), {"Idempotency-Key": str(new_id())}
    made = done(await manager.post(yard.keys, {"name": "CRM"}, headers=headers), 201)
    rotated = done(await manager.post(f"/v1/api-keys/{made['id']}:rotate", {}), 200)
    await yard.opens(rotated["key"])
    secrets = [key.split("_")[2] for key in (made["key"], rotated["key"])]
    parts = yard.home.parts("content")
    kept = ""
    async with parts.db.transaction() as tx:
        for table in ("api_key", "api_key_secret", "idempotency", "outbox"):
            kept += repr((await tx.run(text(f"SELECT * FROM {table}"))).all())  # noqa: S608 - names of ours
    async with open_connection(broker.url, name="operator") as connection:
        bucket = await connection.client.jetstream().key_value(API_KEYS)
        kept += repr([(await bucket.get(secret["id"])).value for secret in rotated["secrets"]])
    assert digest_of(made["key"]) in kept
    printed = "".join(capfd.readouterr())
    assert "api_key_created" in printed
    assert not [secret for secret in secrets if secret in kept + printed]
    assert "key" not in done(await manager.get(yard.keys), 200)["items"][0]


async def test_after_a_rotation_both_secrets_open_and_the_old_one_ends_with_the_overlap(yard: Yard) -> None:
    made = await yard.made()
    rotated = done(await yard.manager().post(f"/v1/api-keys/{made['id']}:rotate", {"overlap_hours": 1}), 200)
    assert len(rotated["secrets"]) == 2
    await yard.opens(rotated["key"])
    await yard.opens(made["key"])
    last = done(await yard.manager().post(f"/v1/api-keys/{made['id']}:rotate", {"overlap_hours": 0}), 200)
    assert [secret["id"] for secret in last["secrets"]] == [str(secret_id_of(last["key"]))]
    await yard.opens(last["key"])
    for earlier in (made["key"], rotated["key"]):
        await yard.refuses(earlier)


async def test_a_key_has_so_many_secrets_at_once_and_no_more(yard: Yard) -> None:
    made = await yard.made()
    rotate = f"/v1/api-keys/{made['id']}:rotate"
    for _ in range(4):
        done(await yard.manager().post(rotate, {}), 200)
    assert refusal(await yard.manager().post(rotate, {}))[:2] == (409, "too-many-secrets")
    assert len(done(await yard.manager().post(rotate, {"overlap_hours": 0}), 200)["secrets"]) == 1


async def test_a_revoked_key_is_refused_everywhere_and_for_good(yard: Yard) -> None:
    made = await yard.made()
    await yard.opens(made["key"])
    revoke = f"/v1/api-keys/{made['id']}:revoke"
    revoked = done(await yard.manager().post(revoke), 200)
    assert (revoked["secrets"], revoked["revoked_at"] is not None) == ([], True)
    await yard.refuses(made["key"])
    assert done(await yard.manager().post(revoke), 200) == revoked
    assert refusal(await yard.manager().post(f"/v1/api-keys/{made['id']}:rotate", {}))[:2] == (409, "api-key-revoked")


async def test_the_day_of_the_last_use_is_shown(yard: Yard) -> None:
    made = await yard.made()
    assert made["last_used_on"] is None
    await yard.opens(made["key"], GATEWAY)

    async def shown() -> bool:
        (listed,) = done(await yard.manager().get(yard.keys), 200)["items"]
        return listed["last_used_on"] is not None

    await eventually(shown, seconds=30)


async def test_what_the_bucket_has_lost_or_has_wrong_is_told_again(yard: Yard, broker: NatsServer) -> None:
    lost, revoked = await yard.made(), await yard.made()
    await yard.opens(revoked["key"])
    done(await yard.manager().post(f"/v1/api-keys/{revoked['id']}:revoke"), 200)
    await yard.refuses(revoked["key"])
    async with open_connection(broker.url, name="operator") as connection:
        bucket = await connection.client.jetstream().key_value(API_KEYS)
        entry = await bucket.get(str(secret_id_of(lost["key"])))
        # as if an older copy of the broker's store were back: one is gone, the other is alive again
        alive = {**json.loads(entry.value or b""), "key_id": revoked["id"], "digest": digest_of(revoked["key"])}
        await bucket.put(str(secret_id_of(lost["key"])), REVOKED)
        await bucket.put(str(secret_id_of(revoked["key"])), json.dumps(alive).encode())
    await yard.opens(lost["key"])
    await yard.refuses(revoked["key"])


async def test_while_revocations_cannot_be_heard_no_key_opens(
    yard: Yard, broker: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await yard.made()
    await yard.opens(made["key"])
    monkeypatch.setattr(identity, "DEAF_SECONDS", 1.0)
    await broker.kill()

    async def closed() -> bool:
        answers = [await yard.ask(made["key"], process) for process in PROCESSES]
        return all((one.status_code, refusal(one)[1]) == (503, "identity-unavailable") for one in answers)

    await eventually(closed, seconds=30)
    monkeypatch.undo()
    await broker.start()
    await yard.opens(made["key"])


async def test_two_authorization_headers_are_refused_by_services_too(yard: Yard) -> None:
    manager = yard.manager()
    for process in PROCESSES:
        headers = [("Authorization", manager.headers["Authorization"])] * 2
        answer = await yard.home.clients[process].get(DOORS[process].format(id=yard.id), headers=headers)
        assert refusal(answer)[:2] == (401, "invalid-token"), process
