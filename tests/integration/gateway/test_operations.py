"""What ops see, and the document that describes it all."""

import asyncio
import signal

import httpx

from deploy.local.servers.nats import NatsServer
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.issuer import Issuer
from tests.integration.gateway.process import process
from tests.integration.gateway.serving import free_address
from tests.support.harness import Stage


async def test_it_lives_and_is_ready(gateway: Gateway) -> None:
    assert (await gateway.client.get("/livez")).status_code == 200
    assert (await gateway.client.get("/readyz")).json() == {"checked": ["valkey", "broker"]}


async def test_metrics_carry_templates_and_no_ids(gateway: Gateway) -> None:
    programme = "018f2f6e-7a1b-7000-8000-000000000001"
    await gateway.get(f"/v1/programmes/{programme}")
    await gateway.client.get(f"/v1/programmes/{programme}")
    await gateway.client.delete(f"/v1/programmes/{programme}")
    await gateway.get(f"/v1/boards/{programme}")
    text = (await gateway.client.get("/metrics")).text
    assert (
        'http_requests_total{method="GET",route="/v1/programmes/{programme_id}",service="gateway",status="200"}' in text
    )
    assert 'route="/v1/programmes/{programme_id}",service="gateway",status="405"}' in text
    assert 'gateway_refused_total{reason="missing-token",service="gateway"}' in text
    assert 'gateway_upstream_calls_total{outcome="answered",service="gateway",upstream="content"}' in text
    assert 'gateway_upstream_duration_seconds_count{service="gateway",upstream="content"}' in text
    assert 'gateway_board_reads_total{outcome="board-' in text
    assert "gateway_known_names" in text
    assert programme not in text


async def test_one_document_describes_what_the_table_serves(gateway: Gateway) -> None:
    document = (await gateway.client.get("/openapi.json")).json()
    assert document["paths"]["/v1/me"]["get"]["operationId"] == "me"
    assert "Needs the scope `sharing:self`." in document["paths"]["/v1/me"]["get"]["description"]
    assert "/v1/secret" not in document["paths"]
    assert "/secret" not in document["paths"]
    assert document["x-missing-services"] == []
    by_path = document["paths"]["/v1/programmes/{programme_id}/interactions"]["post"]
    by_query = document["paths"]["/v1/interactions"]["post"]
    assert (by_path["parameters"][0]["in"], by_query["parameters"][0]["in"]) == ("path", "query")
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert "Told" in document["components"]["schemas"]


async def test_the_document_describes_the_boards_as_they_answer(gateway: Gateway, board: Board) -> None:
    document = (await gateway.client.get("/openapi.json")).json()
    described = document["components"]["schemas"]
    answer = (await gateway.get(f"/v1/boards/{board.id}")).json()
    assert set(described["StandingsOut"]["required"]) == set(answer)
    assert set(described["StandingOut"]["required"]) == set(answer["items"][0])
    operation = document["paths"]["/v1/boards/{board_id}"]["get"]
    given = ["board_id", "period", "limit", "cursor", "fresh"]
    assert [parameter["name"] for parameter in operation["parameters"]] == given
    assert {"200", "304", "401", "403", "404", "422", "429", "431", "503"} == set(operation["responses"])


async def test_a_service_that_is_down_is_named_in_the_document(run: Run) -> None:
    async with run(sharing_url=free_address()) as gateway:
        document = (await gateway.client.get("/openapi.json")).json()
        assert document["x-missing-services"] == ["sharing"]
        assert "/v1/me" not in document["paths"]
        assert "/v1/interactions" in document["paths"]


async def test_the_docs_page_shows_the_document(gateway: Gateway) -> None:
    page = await gateway.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/docs/start.js" in page.text
    assert "/openapi.json" in (await gateway.client.get("/docs/start.js")).text


async def test_the_command_serves_and_ends_on_sigterm(
    stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str
) -> None:
    async with process(stage, broker, issuer, service_url) as (gateway, running):
        answer = await gateway.get("/v1/me", "ambassador")
        assert answer.json()["path"] == "/me"
        running.terminate()
        assert await asyncio.wait_for(running.wait(), 15) in {0, -signal.SIGTERM}


async def test_what_is_for_operations_is_at_their_port_alone(
    stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str, board: Board
) -> None:
    inside = free_address()
    settings = {"operations_port": inside.rsplit(":", 1)[1]}
    async with (
        process(stage, broker, issuer, service_url, ready_at=inside, **settings) as (gateway, _),
        httpx.AsyncClient(base_url=inside, trust_env=False) as operations,
    ):
        for path in ("/metrics", "/livez", "/readyz"):
            assert (await operations.get(path)).status_code == 200
            refused = await gateway.client.get(path)
            assert refused.status_code == 404
            assert refused.json()["type"] == "urn:timbre:problem:no-such-route"
        assert (await gateway.get(f"/v1/boards/{board.id}")).status_code == 200
