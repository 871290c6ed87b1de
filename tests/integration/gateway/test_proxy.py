"""What passes through to a service and back, and what the client is told when it does not."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.serving import free_address
from tests.integration.gateway.upstream import BreakingServer, Service

PROGRAMME = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


async def pieces(count: int, size: int = 65_536) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * size


async def test_method_path_query_and_body_reach_the_service(gateway: Gateway) -> None:
    answer = await gateway.post(f"/v1/programmes/{PROGRAMME}/campaigns?a=1&b=%C3%A9%20+", content=b"twelve bytes")
    told = answer.json()
    assert (told["method"], told["path"]) == ("POST", f"/programmes/{PROGRAMME}/campaigns")
    assert (told["query"], told["size"]) == ("a=1&b=%C3%A9%20+", 12)


async def test_an_action_in_the_path_reaches_the_service(gateway: Gateway) -> None:
    item = uuid4()
    assert (await gateway.post(f"/v1/items/{item}:publish")).json()["path"] == f"/items/{item}:publish"
    assert (await gateway.post("/v1/shares:preview", "ambassador")).json()["path"] == "/shares:preview"


async def test_headers_for_one_hop_stay_on_it(gateway: Gateway) -> None:
    headers = {
        "Connection": "x-private, keep-alive",
        "X-Private": "for the gateway only",
        "Keep-Alive": "timeout=5",
        "TE": "trailers",
        "Upgrade": "h2c",
        "Proxy-Authorization": "Basic YTpi",
        "X-Forwarded-For": "203.0.113.7",
        "Cookie": "a=b",
        "X-Public": "for the service",
    }
    answer = await gateway.get("/v1/me", "ambassador", headers=headers)
    names = {name for name, _ in answer.json()["headers"]}
    assert "x-public" in names
    assert not names & {name.lower() for name in headers if name != "X-Public"}
    assert answer.headers["x-kept"] == "yes"
    assert not {"x-hop", "keep-alive", "connection"} & set(answer.headers)


async def test_the_request_id_and_the_trace_go_on(gateway: Gateway) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await gateway.get(
        "/v1/me",
        "ambassador",
        headers={"X-Request-Id": "given-by-client", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"},
    )
    told = dict(answer.json()["headers"])
    assert told["x-request-id"] == "given-by-client"
    assert trace in told["traceparent"]
    assert "00f067aa0ba902b7" not in told["traceparent"]
    assert answer.headers.get_list("x-request-id") == ["given-by-client"]


async def test_a_request_without_an_id_is_given_one(gateway: Gateway) -> None:
    answer = await gateway.get("/v1/me", "ambassador")
    assert dict(answer.json()["headers"])["x-request-id"] == answer.headers["x-request-id"]
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_body_flows_through_in_pieces(gateway: Gateway) -> None:
    answer = await gateway.post(f"/v1/programmes/{PROGRAMME}/imports", content=pieces(64))
    assert (answer.status_code, answer.json()["size"]) == (200, 64 * 65_536)


async def test_an_answer_flows_back_in_pieces(gateway: Gateway, service: Service) -> None:
    headers = gateway.issuer.headers("ambassador")
    async with gateway.client.stream("GET", "/v1/me?behave=pieces", headers=headers) as answer:
        arriving = answer.aiter_raw()
        assert await anext(arriving) == b"first"
        service.go_on.set()
        assert b"".join([piece async for piece in arriving]) == b"second"


async def test_an_answer_that_breaks_off_is_seen_to_break_off(gateway: Gateway) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await gateway.get("/v1/me?behave=cut", "ambassador")
    assert 'outcome="cut"' in (await gateway.client.get("/metrics")).text


async def test_a_big_answer_and_an_empty_one_arrive_whole(gateway: Gateway) -> None:
    assert len((await gateway.get("/v1/me?behave=big", "ambassador")).content) == 3_000_000
    empty = await gateway.get("/v1/me?behave=empty", "ambassador")
    assert (empty.status_code, empty.content) == (204, b"")


async def test_a_problem_of_the_service_arrives_as_it_was(gateway: Gateway) -> None:
    answer = await gateway.get("/v1/me?behave=problem", "ambassador")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "urn:timbre:problem:item-not-found"


async def test_the_short_paths_take_the_programme_from_the_query(gateway: Gateway) -> None:
    interactions = await gateway.post(f"/v1/interactions?programme_id={PROGRAMME}", json={})
    assert interactions.json()["path"] == f"/programmes/{PROGRAMME}/interactions"
    assert interactions.json()["query"] == ""
    imports = await gateway.post(f"/v1/imports?provenance=imported&programme_id={PROGRAMME}", content=b"a;b")
    assert (imports.json()["path"], imports.json()["query"]) == (
        f"/programmes/{PROGRAMME}/imports",
        "provenance=imported",
    )


@pytest.mark.parametrize("query", ["", "?programme_id=abc", f"?programme_id={PROGRAMME}&programme_id={PROGRAMME}"])
async def test_a_short_path_without_its_programme_names_it(gateway: Gateway, query: str) -> None:
    answer = await gateway.post(f"/v1/interactions{query}", json={})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["programme_id"]


async def test_an_id_that_is_none_is_named(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    answer = await gateway.get("/v1/items/..%5c..%5cadmin")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "item_id")
    assert len(service.calls) == before


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/", "/v1/items", "/v1/me/", "/v1/openapi.json", "/elsewhere"])
async def test_an_unknown_path_is_a_404_problem(gateway: Gateway, path: str) -> None:
    answer = await gateway.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:no-such-route")


async def test_a_wrong_method_is_told_the_right_ones(gateway: Gateway) -> None:
    answer = await gateway.client.patch("/v1/programmes")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["type"] == "urn:timbre:problem:method-not-allowed"


async def test_a_body_announced_too_large_is_refused_before_it_is_sent(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    answer = await gateway.post("/v1/programmes", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:timbre:problem:body-too-large")
    assert len(service.calls) == before


async def test_a_body_that_grows_too_large_is_cut_off(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    answer = await gateway.post("/v1/programmes", content=pieces(17))
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert len(service.calls) == before


async def test_a_read_takes_no_body(gateway: Gateway) -> None:
    headers = gateway.issuer.headers("ambassador")
    answer = await gateway.client.request("GET", "/v1/me", headers=headers, content=b"body")
    assert answer.status_code == 413


async def test_a_service_that_is_down_is_a_503(run: Run) -> None:
    async with run(sharing_url=free_address()) as gateway:
        answer = await gateway.get("/v1/me", "ambassador")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["type"] == "urn:timbre:problem:service-unavailable"
        assert (await gateway.get("/v1/programmes")).status_code == 200


async def test_a_service_that_is_slow_is_a_504_and_is_let_go(run: Run, service: Service) -> None:
    service.left.clear()
    async with run(patience=0.2) as gateway:
        answer = await gateway.get("/v1/me?behave=slow", "ambassador")
        assert (answer.status_code, answer.json()["type"]) == (504, "urn:timbre:problem:service-too-slow")
        await asyncio.wait_for(service.left.wait(), 5)


async def test_a_client_that_leaves_while_it_sends_is_noticed(gateway: Gateway, service: Service) -> None:
    before = len(service.calls)
    target = httpx.URL(gateway.url)
    reader, writer = await asyncio.open_connection(target.host, target.port)
    token = gateway.issuer.token("admin")
    head = f"POST /v1/programmes HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Length: 9\r\n\r\nhalf"
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""
    async with asyncio.timeout(5):
        while 'outcome="left",service="gateway",upstream="content"' not in (await gateway.client.get("/metrics")).text:  # noqa: ASYNC110 - the fact is in an answer
            await asyncio.sleep(0.02)
    assert len(service.calls) == before


async def test_when_the_client_leaves_the_service_is_let_go(gateway: Gateway, service: Service) -> None:
    service.left.clear()
    with pytest.raises(httpx.ReadTimeout):
        await gateway.get("/v1/me?behave=slow", "ambassador", timeout=0.3)
    await asyncio.wait_for(service.left.wait(), 5)


async def test_a_read_that_meets_a_closing_connection_is_made_once_more(run: Run) -> None:
    server = BreakingServer(breaks=1)
    async with server as url, run(sharing_url=url) as gateway:
        assert (await gateway.get("/v1/me", "ambassador")).text == "ok"
        assert server.connections == 2


async def test_a_read_is_not_made_a_third_time(run: Run) -> None:
    server = BreakingServer(breaks=9)
    async with server as url, run(sharing_url=url) as gateway:
        answer = await gateway.get("/v1/me", "ambassador")
        assert (answer.status_code, answer.json()["type"]) == (502, "urn:timbre:problem:service-failed")
        assert server.connections == 2


async def test_a_change_is_never_made_again(run: Run) -> None:
    server = BreakingServer(breaks=1)
    async with server as url, run(sharing_url=url) as gateway:
        answer = await gateway.post("/v1/shares", "ambassador", json={})
        assert answer.status_code == 502
        assert server.connections == 1


async def test_more_callers_than_connections_wait_for_a_place(run: Run) -> None:
    async with run(connections=2) as gateway:
        answers = await asyncio.gather(*(gateway.get("/v1/me", "ambassador") for _ in range(40)))
        assert {answer.status_code for answer in answers} == {200}


async def test_answers_are_private_and_not_guessed_at(gateway: Gateway) -> None:
    for answer in (await gateway.get("/v1/me", "ambassador"), await gateway.client.get("/v1/me")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_scripts_of_other_origins_read_nothing_unless_allowed(run: Run, gateway: Gateway) -> None:
    asks = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in (await gateway.client.options("/v1/shares", headers=asks)).headers
    async with run(allowed_origins=["https://app.example"]) as open_gateway:
        preflight = await open_gateway.client.options("/v1/shares", headers=asks)
        assert preflight.headers["access-control-allow-origin"] == "https://app.example"
        refused = await open_gateway.client.get("/v1/me", headers={"Origin": "https://app.example"})
        assert refused.headers["access-control-allow-origin"] == "https://app.example"
        other = await open_gateway.client.options("/v1/shares", headers={**asks, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
