"""What a process says of its health."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from fastapi import FastAPI

from libs.telemetry.metrics import Telemetry
from libs.web import health, problems
from libs.web.health import Check, health_router


async def well() -> None:
    """A part that answers."""


async def broken() -> None:
    raise ConnectionError("refused")


async def silent() -> None:
    await asyncio.Event().wait()


@pytest.fixture
def checks() -> dict[str, Check]:
    """The checks of the process; a test adds its own."""
    return {"database": well}


@pytest.fixture
async def client(checks: Mapping[str, Check]) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(health_router(Telemetry("shelf"), lambda: checks))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_a_process_is_ready_when_all_its_parts_answer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"checked": ["database"]})


async def test_a_process_that_misses_parts_names_them_and_lives(
    client: httpx.AsyncClient, checks: dict[str, Check], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    checks |= {"broker": broken, "valkey": silent}
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:timbre:problem:not-ready")
    assert answer.json()["detail"].startswith("broker: ConnectionError('refused'); valkey: TimeoutError")
    assert answer.headers["retry-after"] == "1"
    assert (await client.get("/livez")).status_code == 200


async def test_metrics_are_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "process_cpu_seconds_total" in answer.text
