"""What browsers are told: which scripts may read, what may be framed, cached and loaded, and in which encoding."""

import gzip
import re

import pytest
import zstandard
from pydantic import ValidationError

from gateway.routes import ROUTES
from gateway.settings import Settings
from libs.storage.valkey import Valkey
from tests.contract.documents import ADDRESSES
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.links import TrackedLink
from tests.integration.gateway.upstream import Service

APP = "https://app.example"
METHODS = sorted({route.method for route in ROUTES})


@pytest.mark.parametrize("method", METHODS)
async def test_scripts_of_an_allowed_origin_may_use_every_method_of_the_table(run: Run, method: str) -> None:
    async with run(allowed_origins=[APP]) as gateway:
        asks = {
            "Origin": APP,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, if-none-match",
        }
        answer = await gateway.client.options("/v1/shares", headers=asks)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == APP
        assert method in answer.headers["access-control-allow-methods"]
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers


async def test_refusals_can_be_read_by_scripts_too_and_caches_know_by_whom(run: Run) -> None:
    async with run(allowed_origins=[APP]) as gateway:
        refused = await gateway.client.get("/v1/me", headers={"Origin": APP})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, APP)
        for headers in ({}, {"Origin": APP}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = await gateway.get("/v1/me", "ambassador", headers=headers)
            assert "origin" in ",".join(answer.headers.get_list("vary")).lower()
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (APP if headers.get("Origin") == APP else None)


@pytest.mark.parametrize("origin", ["*", "null", "https://*.example", "app.example", "https://app.example/", "ftp://a"])
def test_an_origin_is_named_or_nobody_is_let_in(origin: str) -> None:
    with pytest.raises(ValidationError, match="allowed_origins"):
        Settings(**ADDRESSES, allowed_origins=[origin])  # type: ignore[arg-type] # as the environment has them


async def test_every_answer_forbids_guessing_framing_telling_and_keeping(gateway: Gateway) -> None:
    for path in ("/v1/me", "/v1/nothing", "/livez", "/nowhere"):
        answer = await gateway.get(path, "ambassador")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


async def test_behind_https_browsers_are_told_to_come_by_it(run: Run, valkey: Valkey) -> None:
    async with run(hsts_seconds=31_536_000) as gateway:
        board = await (await Board(valkey).define()).write({1: (100, 1)})
        link = await TrackedLink(valkey).write()
        for path in ["/livez", f"/l/{link.code}", *[f"/v1/boards/{board.id}"] * 3, "/nowhere"]:
            answer = await gateway.get(path, "ambassador")
            assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"], path


async def test_the_page_of_the_docs_loads_nothing_from_elsewhere(gateway: Gateway) -> None:
    page = await gateway.client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert "/docs/swagger-ui-bundle.js" in loaded
    assert not re.search(r"<script>|https?://|\son\w+=", page.text)
    for address in loaded:
        if address.startswith("/"):
            part = await gateway.client.get(address)
            assert part.status_code == 200
            assert part.headers["cache-control"] == "public, max-age=86400"
            assert part.headers["content-encoding"] in {"zstd", "gzip"}
            assert re.match(r"text/(javascript|css)", part.headers["content-type"])
            assert len(part.content) > 100


async def test_the_document_is_compressed_once_for_all(gateway: Gateway) -> None:
    plain = await gateway.client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for encoding in ("zstd", "gzip"):
        answer = await gateway.client.get("/openapi.json", headers={"Accept-Encoding": encoding})
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers.get_list("vary", split_commas=True) == ["Accept-Encoding"]
        assert answer.json() == plain.json()


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
async def test_what_a_service_answers_is_compressed_on_its_way(gateway: Gateway, encoding: str) -> None:
    padding = {f"X-Padding-{number}": "of no use" for number in range(60)}
    headers = {**gateway.issuer.headers("ambassador"), **padding, "Accept-Encoding": encoding}
    async with gateway.client.stream("GET", "/v1/me", headers=headers) as answer:
        sent = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == encoding
    assert int(answer.headers["content-length"]) == len(sent)
    whole = zstandard.decompress(sent) if encoding == "zstd" else gzip.decompress(sent)
    assert len(sent) < len(whole) / 2
    assert b'"path":"/me"' in whole


async def test_what_is_no_text_passes_as_it_is(gateway: Gateway, service: Service) -> None:
    answer = await gateway.get("/v1/me?behave=big", "ambassador")
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert service.calls is not None
