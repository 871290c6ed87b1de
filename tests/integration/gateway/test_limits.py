"""How often somebody may call: for all processes together, said in each answer, without Valkey as the class says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from gateway.errors import LimitsUnavailable, TooManyRequests
from gateway.limits.allowance import Policy
from gateway.limits.classes import Limit
from gateway.limits.limits import Limits
from gateway.limits.together import Together
from gateway.metrics import Metrics
from gateway.settings import Settings
from libs.auth.person_keys import PersonKeys
from libs.storage.pipelined import Pipelined, open_pipelined
from libs.storage.valkey import Valkey
from libs.telemetry.metrics import Telemetry
from tests.contract.documents import ADDRESSES
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.upstream import Service
from tests.support.harness import PERSON_KEY, Stage
from tests.support.servers import running_valkey

PROGRAMME = "01890a5d-ac96-774b-bcce-b302099a8057"
PATIENT = 30.0  # seconds, so that no load makes a test count for itself
HOUR = Limit(quota=10, window=3600)  # earns nothing while a test runs


@pytest.fixture(scope="module")
async def pipelined(stage: Stage) -> AsyncIterator[Pipelined]:
    async with open_pipelined(stage.servers.valkey.url, patience=PATIENT) as valkey:
        yield valkey


def counting(valkey: Pipelined, limit: Limit = HOUR) -> Together:
    return Together(valkey, "read", Policy("read", limit), patience=PATIENT)


async def test_many_processes_together_let_in_exactly_the_quota(pipelined: Pipelined) -> None:
    who = str(uuid4())
    processes = [counting(pipelined) for _ in range(4)]
    found = await asyncio.gather(*(process.take(who) for process in processes for _ in range(25)))
    assert sum(allowance.granted for allowance in found) == HOUR.quota
    refused = next(allowance for allowance in found if not allowance.granted)
    assert 0 < refused.wait <= HOUR.window / HOUR.quota
    assert HOUR.window - 60 < refused.used <= HOUR.window


async def test_one_persons_calls_are_not_anothers_and_one_class_is_not_another(pipelined: Pipelined) -> None:
    who = str(uuid4())
    reads, writes = counting(pipelined), Together(pipelined, "write", Policy("write", HOUR), patience=PATIENT)
    for _ in range(HOUR.quota):
        assert (await reads.take(who)).granted
    assert not (await reads.take(who)).granted
    assert (await writes.take(who)).granted
    assert (await reads.take(str(uuid4()))).granted


async def test_what_is_kept_goes_when_all_is_earned_back(pipelined: Pipelined, valkey: Valkey) -> None:
    who = str(uuid4())
    used = (await counting(pipelined).take(who)).used
    left = await valkey.pttl(f"limit:{{{who}}}:read")
    assert 0 < left <= used * 1000 + 1
    short = counting(pipelined, Limit(quota=1000, window=1))
    assert (await short.take(str(uuid4()))).used <= 0.001


async def test_a_moment_that_another_clock_wrote_locks_nobody_out(pipelined: Pipelined, valkey: Valkey) -> None:
    who = str(uuid4())
    seconds, microseconds = await valkey.time()
    ahead = (seconds + 10 * 365 * 86_400) * 1_000_000 + microseconds
    await valkey.set(f"limit:{{{who}}}:read", ahead)
    refused = await counting(pipelined).take(who)
    assert not refused.granted
    assert refused.wait <= HOUR.window / HOUR.quota


async def test_a_server_that_has_lost_the_script_is_told_it_again(pipelined: Pipelined, valkey: Valkey) -> None:
    await valkey.script_flush()
    assert (await counting(pipelined).take(str(uuid4()))).granted


def person_with(gateway: Gateway, *roles: str, subject: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {gateway.issuer.token(*roles, sub=subject or str(uuid4()))}"}


async def test_an_answer_says_what_is_left_and_the_one_too_many_when_to_come_again(run: Run) -> None:
    async with run(limits={"read": {"quota": 3, "window": 3600}}) as gateway:
        headers = person_with(gateway, "ambassador")
        answers = [await gateway.client.get("/v1/me", headers=headers) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"read";q=3;w=3600'}
        assert [answer.headers["ratelimit"].split(";")[:2] for answer in answers] == [
            ['"read"', "r=2"],
            ['"read"', "r=1"],
            ['"read"', "r=0"],
            ['"read"', "r=0"],
        ]
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "urn:timbre:problem:too-many-requests"
        assert 1100 <= int(refused.headers["retry-after"]) <= 1200
        assert refused.headers["ratelimit"] == '"read";r=0;t=3600'
        assert (await gateway.client.get("/v1/me", headers=person_with(gateway, "ambassador"))).status_code == 200
        assert (await gateway.client.post("/v1/shares", headers=headers, json={})).status_code == 200
        text = (await gateway.client.get("/metrics")).text
        assert 'gateway_limited_total{rate="read",service="gateway"} 1.0' in text


async def test_two_processes_count_one_person_together(run: Run) -> None:
    limits = {"write": {"quota": 5, "window": 3600}}
    async with run(limits=limits) as one, run(limits=limits) as other:
        headers = person_with(one, "ambassador")
        found = [
            (await gateway.client.post("/v1/shares", headers=headers, json={})).status_code
            for gateway in (one, other) * 5
        ]
        assert (found.count(200), found.count(429)) == (5, 5)


async def test_boards_are_counted_by_each_process_so_that_no_more_than_processes_times_quota_are_read(
    run: Run, valkey: Valkey, board: Board
) -> None:
    limits = {"board": {"quota": 5, "window": 3600}}
    async with run(limits=limits) as one, run(limits=limits) as other:
        subject = str(uuid4())
        headers = person_with(one, "ambassador", subject=subject)
        paths = [f"/v1/boards/{board.id}", f"/v1/boards/{board.id}/rank/{person(1)}"] * 4
        found = {
            gateway.url: [(await gateway.client.get(path, headers=headers)).status_code for path in paths]
            for gateway in (one, other)
        }
        assert [statuses.count(200) for statuses in found.values()] == [5, 5]
        assert [statuses.count(429) for statuses in found.values()] == [3, 3]
        key = PersonKeys(PERSON_KEY).of_text(f"limit:{subject}")
        assert [name async for name in valkey.scan_iter(f"limit:{{{key}}}*")] == [], "nobody was asked"


async def test_neither_subjects_nor_addresses_are_kept(run: Run, valkey: Valkey) -> None:
    slow = {rate: {"quota": 60, "window": 3600} for rate in ("read", "login-less")}  # a key stays for a minute
    async with run(limits=slow) as gateway:
        await gateway.client.get("/v1/me", headers=person_with(gateway, "ambassador", subject="zoe@example.org"))
        await gateway.client.post("/v1/webhooks/x", content=b"{}")
        names = b" ".join([name async for name in valkey.scan_iter("limit:*")])
        assert b":read" in names
        assert b":login-less" in names
        # no letter of these is a digit of a hash
        assert not any(told in names for told in (b"zoe", b"example", b"127.0.0"))


async def test_who_signs_nothing_is_counted_by_network(run: Run) -> None:
    async with run(limits={"login-less": {"quota": 2, "window": 3600}}, trusted_proxies=1) as gateway:

        async def called(*addresses: str) -> list[int]:
            return [
                (
                    await gateway.client.post(
                        "/v1/webhooks/x", content=b"{}", headers={"X-Forwarded-For": f"6.6.6.{number}, {address}"}
                    )
                ).status_code
                for number, address in enumerate(addresses)
            ]

        assert await called("198.51.100.1", "198.51.100.2", "198.51.100.3") == [200, 200, 429]
        assert await called("198.51.101.1") == [200]
        assert await called("2001:db8:1::1", "2001:db8:1:2::1", "2001:db8:1:3::1") == [200, 200, 429]
        assert (await gateway.client.get("/docs", headers={"X-Forwarded-For": "198.51.100.9"})).status_code == 429
        assert (await gateway.client.get("/livez", headers={"X-Forwarded-For": "198.51.100.9"})).status_code == 200


@asynccontextmanager
async def limits_on_their_own() -> AsyncIterator[tuple[Limits, Telemetry, object]]:
    telemetry = Telemetry("gateway")
    async with running_valkey() as server, open_pipelined(server.url) as valkey:
        given = dict.fromkeys(("read", "export"), HOUR)
        yield (
            Limits(valkey, Metrics(telemetry), PersonKeys(PERSON_KEY), given=given, patience=PATIENT),  # type: ignore[arg-type] # the keys are of the closed set
            telemetry,
            server,
        )


async def test_without_valkey_open_classes_are_counted_apart_and_closed_ones_wait() -> None:
    async with limits_on_their_own() as (limits, telemetry, server):
        await limits.take("read", "ada")
        await limits.take("export", "ada")
        await server.kill()  # type: ignore[attr-defined] # the server of the test
        for _ in range(HOUR.quota):
            fields = await limits.take("read", "ada")
        assert dict(fields)[b"ratelimit"].startswith(b'"read";r=0;')
        with pytest.raises(TooManyRequests):
            await limits.take("read", "ada")
        with pytest.raises(LimitsUnavailable) as refused:
            await limits.take("export", "ada")
        assert refused.value.retry_after == 1
        text = telemetry.exposition()
        assert b'gateway_uncounted_total{rate="read",service="gateway"} 11.0' in text


async def test_without_valkey_the_door_stays_open_where_it_may(run: Run, service: Service) -> None:
    async with running_valkey() as server, run(valkey_url=server.url) as gateway:
        export = f"/v1/programmes/{PROGRAMME}/exports/shares"
        assert (await gateway.get(export)).status_code == 200
        await server.kill()
        answer = await gateway.get("/v1/me", "ambassador")
        assert (answer.status_code, "ratelimit" in answer.headers) == (200, True)
        assert (await gateway.client.post("/v1/webhooks/x", content=b"{}")).status_code == 200
        before = len(service.calls)
        refused = await gateway.get(export)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["type"] == "urn:timbre:problem:limits-unavailable"
        assert len(service.calls) == before


def test_limits_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ADDRESSES.items():
        monkeypatch.setenv(f"GATEWAY_{name.upper()}", value)
    monkeypatch.setenv("GATEWAY_LIMITS", json.dumps({"read": {"quota": 900, "window": 60}}))
    monkeypatch.setenv("GATEWAY_PLACES", json.dumps({"export": 4}))
    settings = Settings()
    assert settings.limits == {"read": Limit(quota=900, window=60)}
    assert settings.places == {"export": 4}
    for wrong in ({"reads": {"quota": 1, "window": 1}}, {"read": {"quota": 0, "window": 60}}, {"read": {"quota": 1}}):
        monkeypatch.setenv("GATEWAY_LIMITS", json.dumps(wrong))
        with pytest.raises(ValueError, match="limits"):
            Settings()


async def test_answers_of_other_origins_scripts_show_their_limits(run: Run) -> None:
    async with run(allowed_origins=["https://app.example"]) as gateway:
        answer = await gateway.get("/v1/me", "ambassador", headers={"Origin": "https://app.example"})
        assert isinstance(answer, httpx.Response)
        exposed = answer.headers["access-control-expose-headers"].lower().replace(" ", "").split(",")
        assert {"ratelimit", "ratelimit-policy", "retry-after", "etag", "x-request-id"} <= set(exposed)
