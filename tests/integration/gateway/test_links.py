"""Following tracked links."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.servers.nats import NatsServer
from gateway.links import visits as visits_module
from libs.bus.connection import Connection, open_connection
from libs.bus.streams import ensure_streams
from libs.storage.valkey import Valkey
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.links import READY, TARGET, Heard, TrackedLink, hearing, new_code
from tests.integration.gateway.serving import free_address
from tests.integration.gateway.upstream import Service
from tests.support.eventually import eventually
from tests.support.servers import running_nats

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ADDRESS = "198.51.100.7"


@pytest.fixture(scope="module")
async def connection(broker: NatsServer, gateway: Gateway) -> AsyncIterator[Connection]:
    assert gateway.url
    async with open_connection(broker.url, name="operator") as connection:
        yield connection


@pytest.fixture
async def heard(connection: Connection) -> AsyncIterator[Heard]:
    async with hearing(connection) as listener:
        yield listener


@pytest.fixture
async def link(valkey: Valkey) -> TrackedLink:
    return await TrackedLink(valkey).write()


async def follow(gateway: Gateway, path: str, *, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask as a browser would, from some address; a name with an underscore is that of a header."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await gateway.client.request(
        method, path, headers={"user-agent": BROWSER, "x-forwarded-for": ADDRESS, **given}
    )


def slug_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:timbre:problem:")


async def test_who_follows_a_link_is_sent_to_its_target(gateway: Gateway, link: TrackedLink) -> None:
    answer = await follow(gateway, link.path)
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, TARGET, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


async def test_one_read_of_valkey_is_all_that_it_takes(gateway: Gateway, link: TrackedLink, valkey: Valkey) -> None:
    await follow(gateway, link.path)
    before = await valkey.info("commandstats")
    for _ in range(20):
        await follow(gateway, link.path)
    after = await valkey.info("commandstats")

    def calls(found: Any, name: str) -> int:
        return int(found.get(f"cmdstat_{name}", {"calls": 0})["calls"])

    asked = {name: calls(after, name) - calls(before, name) for name in ("get", "mget", "hget", "evalsha")}
    assert 20 <= asked["mget"] < 40, "other tests' healing may read too, but not as often"
    assert (asked["get"], asked["hget"], asked["evalsha"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "query",
    [
        "?url=https://evil.example/",
        "?next=//evil.example",
        "?https://evil.example",
        "?code=https://evil.example",
        "?utm_source=evil",
        "?url=https%3A%2F%2Fevil.example%0d%0aSet-Cookie:%20a=b",
        "?fbclid=abc",
    ],
)
async def test_the_query_never_says_where_to_go(gateway: Gateway, link: TrackedLink, query: str) -> None:
    answer = await follow(gateway, link.path + query)
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)


@pytest.mark.parametrize(
    "path",
    [
        "/l/https://evil.example/",
        "/l///evil.example",
        "/l/%2f%2fevil.example",
        "/l/%5c%5cevil.example",
        "/l/evil.example",
        "/l/@evil.example",
        "/l/..%2f..%2fv1%2fme",
        "/l/ready",
        "/l/filling",
        "/l/a%0d%0aLocation:%20https://evil.example",
        "/l/%00",
        "/l/",
    ],
)
async def test_a_path_is_a_code_or_nothing(gateway: Gateway, link: TrackedLink, path: str) -> None:
    assert link.code
    answer = await follow(gateway, path)
    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize(
    "planted",
    [
        b"https://good.example/\r\nSet-Cookie: a=b",
        b"https://good.example/\nLocation: https://evil.example",
        b"javascript:alert(1)",
        b"//evil.example",
        b"https://good.example\\@evil.example",
        "https://gооd.example/".encode(),
    ],
)
async def test_what_should_never_be_stored_is_never_sent(gateway: Gateway, valkey: Valkey, planted: bytes) -> None:
    link = await TrackedLink(valkey).write(planted)
    answer = await follow(gateway, link.path)
    assert (answer.status_code, slug_of(answer)) == (404, "link-unknown")
    assert not {"location", "set-cookie"} & set(answer.headers)


async def test_codes_that_are_tried_lead_nowhere_and_are_counted(gateway: Gateway, link: TrackedLink) -> None:
    assert (await follow(gateway, link.path)).status_code == 302
    before = await counted(gateway, 'gateway_links_total{outcome="link-unknown"')
    tried = [new_code(), link.code[:-1], link.code + "2", link.code.swapcase(), link.code[::-1] + "x"]
    answers = [await follow(gateway, f"/l/{code}") for code in tried]
    assert [answer.status_code for answer in answers] == [404] * len(tried)
    assert len({answer.text.replace(answer.headers["x-request-id"], "") for answer in answers}) == 1
    assert await counted(gateway, 'gateway_links_total{outcome="link-unknown"') == before + len(tried)


async def counted(gateway: Gateway, series: str) -> float:
    text = (await gateway.client.get("/metrics")).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(series))


async def test_people_read_a_page_and_programs_a_document(gateway: Gateway, link: TrackedLink) -> None:
    assert link.code
    path = f"/l/{new_code()}"
    french = await follow(gateway, path, accept="text/html,*/*;q=0.8", accept_language="fr-FR,en;q=0.5")
    english = await follow(gateway, path, accept="text/html", accept_language="de")
    assert (french.status_code, french.headers["content-language"]) == (404, "fr")
    assert french.headers["content-type"] == "text/html; charset=utf-8"
    assert "Ce lien n’existe pas" in french.text
    assert "This link does not exist" in english.text
    assert english.headers["vary"].startswith("Accept, Accept-Language")
    assert english.headers["content-security-policy"].startswith("default-src 'none'")
    program = await follow(gateway, path, accept="application/json")
    assert (program.status_code, slug_of(program)) == (404, "link-unknown")
    assert program.headers["x-request-id"] == program.json()["request_id"]


async def test_a_disabled_link_is_gone(gateway: Gateway, valkey: Valkey, heard: Heard) -> None:
    gone, live = await TrackedLink(valkey).write(b""), await TrackedLink(valkey).write()
    answer = await follow(gateway, gone.path)
    assert (answer.status_code, slug_of(answer)) == (410, "link-gone")
    await follow(gateway, live.path)
    assert len(await heard.visits(live, gone, count=1)) == 1


async def test_while_links_are_read_in_nobody_is_told_that_one_does_not_exist(gateway: Gateway, valkey: Valkey) -> None:
    link = await TrackedLink(valkey).write()
    await valkey.delete(READY)
    try:
        missing = await follow(gateway, f"/l/{new_code()}", accept="text/html")
        assert (missing.status_code, missing.headers["retry-after"]) == (503, "2")
        assert (await follow(gateway, link.path)).status_code == 302
        assert (await follow(gateway, "/l/nonsense")).status_code == 404
    finally:
        await valkey.set(READY, "1")


async def test_without_valkey_people_are_asked_to_come_back(run: Run) -> None:
    nowhere = SecretStr(free_address().replace("http", "redis"))
    async with run(valkey_url=nowhere) as gateway:
        answer = await follow(gateway, f"/l/{new_code()}")
        assert (answer.status_code, slug_of(answer), answer.headers["retry-after"]) == (503, "links-unavailable", "2")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_links_are_only_read(gateway: Gateway, link: TrackedLink, method: str) -> None:
    answer = await follow(gateway, link.path, method=method)
    assert answer.status_code == 405
    assert "location" not in answer.headers


async def test_a_head_is_answered_like_a_get_and_told_as_nobody(
    gateway: Gateway, link: TrackedLink, heard: Heard
) -> None:
    head = await follow(gateway, link.path, method="HEAD")
    assert (head.status_code, head.headers["location"]) == (302, TARGET)
    await follow(gateway, link.path)
    assert [visit.prefetch for visit in await heard.visits(link, count=2)] == [True, False]


async def test_previewers_and_prefetches_get_the_target_and_are_told_as_what_they_are(
    gateway: Gateway, link: TrackedLink, heard: Heard
) -> None:
    asked: list[dict[str, str]] = [
        {},
        {"user_agent": "LinkedInBot/1.0"},
        {"user_agent": "facebookexternalhit/1.1"},
        {"user_agent": ""},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x_moz": "prefetch"},
    ]
    for headers in asked:
        answer = await follow(gateway, link.path, **headers)
        assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    told = [(visit.agent, visit.prefetch) for visit in await heard.visits(link, count=len(asked))]
    assert told == [
        ("person", False),
        ("crawler", False),
        ("crawler", False),
        ("none", False),
        ("person", True),
        ("person", True),
        ("person", True),
    ]


async def test_neither_addresses_nor_agents_leave_the_gateway(
    gateway: Gateway, link: TrackedLink, heard: Heard
) -> None:
    addresses = [ADDRESS, "198.51.100.99", "203.0.113.5", "2001:db8:1::1", "2001:db8:1:ff::1"]
    for address in addresses:
        await follow(gateway, link.path, x_forwarded_for=address, referer="https://secret.example/", cookie="a=secret")
    told = await heard.visits(link, count=len(addresses))
    assert [told[0].network == other.network for other in told] == [True, True, False, False, False]
    assert told[3].network == told[4].network
    assert told[0].visitor == told[1].visitor
    text = b"".join(heard.raw).decode()
    for secret in ("198.51.100", "203.0.113", "2001:db8", "Firefox", "Gecko", "secret"):
        assert secret not in text


async def test_sharing_is_told_by_which_key_the_caller_would_be_seen(
    gateway: Gateway, link: TrackedLink, heard: Heard, service: Service
) -> None:
    await follow(gateway, link.path)
    (visit,) = await heard.visits(link, count=1)
    browser = {"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS, "X-Timbre-Visitor": "f" * 32}
    service.calls.clear()
    await gateway.get("/v1/me", "ambassador", headers=browser)
    (told,) = [value for call in service.calls for name, value in call.headers if name == "x-timbre-visitor"]
    today, tomorrow = told.split()
    assert (today, len(tomorrow)) == (visit.visitor, 32)
    assert tomorrow != today


async def test_many_visits_come_in_few_events(gateway: Gateway, valkey: Valkey, heard: Heard) -> None:
    link = await TrackedLink(valkey).write()
    for _ in range(200):
        await follow(gateway, link.path)
    told = await heard.visits(link, count=200)
    assert len({visit.visit_id for visit in told}) == 200
    assert len([event for event in heard.events if event.visits[0].link_id == link.id]) < 200


async def test_people_are_sent_on_while_the_broker_is_away_and_told_of_when_it_is_back(
    run: Run, valkey: Valkey
) -> None:
    link = await TrackedLink(valkey).write()
    async with running_nats() as nats:
        async with open_connection(nats.url, name="operator") as connection:
            await ensure_streams(connection)
        async with run(nats_url=SecretStr(nats.url_of("gateway"))) as gateway:
            await nats.kill()
            for _ in range(5):
                assert (await follow(gateway, link.path)).status_code == 302
            assert await eventually(lambda: counted(gateway, "gateway_visits_waiting")) == 5
            await nats.start()
            async with open_connection(nats.url, name="operator") as connection, hearing(connection) as heard:
                assert len(await heard.visits(link, count=5)) == 5


async def test_what_was_seen_last_is_told_before_the_process_ends(run: Run, valkey: Valkey, heard: Heard) -> None:
    link = await TrackedLink(valkey).write()
    async with run() as gateway:
        for _ in range(3):
            await follow(gateway, link.path)
    assert len(await heard.visits(link, count=3)) == 3


async def test_what_finds_no_room_is_counted_and_people_are_sent_on(
    run: Run, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await TrackedLink(valkey).write()
    monkeypatch.setattr(visits_module, "NOTED_AT_MOST", 2)
    monkeypatch.setattr(visits_module, "PAUSE_SECONDS", 3600)
    async with run() as gateway:
        answers = [await follow(gateway, link.path) for _ in range(5)]
        assert Counter(answer.status_code for answer in answers) == {302: 5}
        assert await counted(gateway, 'gateway_visits_lost_total{reason="noted"') == 3
        assert await counted(gateway, "gateway_visits_waiting") == 2


async def test_what_the_broker_does_not_take_is_bounded_and_counted(
    run: Run, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await TrackedLink(valkey).write()
    monkeypatch.setattr(visits_module, "UNSENT_AT_MOST", 2)
    monkeypatch.setattr(visits_module, "FAREWELL_SECONDS", 0)
    # a broker without the stream takes nothing
    async with running_nats() as nats, run(named=False, nats_url=SecretStr(nats.url_of("gateway"))) as gateway:
        for _ in range(5):
            assert (await follow(gateway, link.path)).status_code == 302

        async def all_seen() -> bool:
            lost = await counted(gateway, 'gateway_visits_lost_total{reason="unsent"')
            waiting = await counted(gateway, "gateway_visits_waiting")
            return lost + waiting == 5 and lost > 0 and waiting <= 2

        await eventually(all_seen)


async def test_the_document_describes_links(gateway: Gateway) -> None:
    operation = (await gateway.client.get("/openapi.json")).json()["paths"]["/l/{code}"]["get"]
    assert set(operation["responses"]) == {"302", "404", "410", "429", "503"}
    assert [parameter["name"] for parameter in operation["parameters"]] == ["code"]
    assert "security" not in operation
