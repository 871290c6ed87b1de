import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.local.demo.api import Api, RefusedError, api_of
from deploy.local.folder import DataFolder
from libs.clock import SystemClock

Answer = tuple[int, dict[str, object]]
AWAY: Answer = (503, {"type": "urn:timbre:problem:service-unavailable"})
UNHEARD: Answer = (404, {"type": "urn:timbre:problem:programme-not-found"})
DONE: Answer = (201, {"id": "made"})


@asynccontextmanager
async def door(folder: Path, *answers: Answer | None) -> AsyncIterator[tuple[Api, list[str]]]:
    """Serve the answers one after another, None by hanging up; yields the API and the heads of what was asked."""
    left, heads = list(answers), list[str]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0))
        heads.append(head)
        if answer := left.pop(0):
            writer.write(_rendered(*answer))
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with api_of(f"http://127.0.0.1:{port}", DataFolder.at(folder), SystemClock()) as api:
            yield api, heads


def _rendered(status: int, body: dict[str, object]) -> bytes:
    kind = "application/json" if status < 400 else "application/problem+json"
    text = json.dumps(body)
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\nConnection: close"
    return f"{head}\r\n\r\n{text}".encode()


def keys(heads: list[str]) -> list[str]:
    return [line for head in heads for line in head.splitlines() if line.startswith("idempotency-key")]


async def test_a_call_is_repeated_under_its_key_while_a_part_is_away_or_hangs_up(tmp_path: Path) -> None:
    async with door(tmp_path, AWAY, None, DONE) as (api, heads):
        assert await api.create("/programmes", {}, key="k") == {"id": "made"}
    assert keys(heads) == ["idempotency-key: k"] * 3


async def test_a_problem_that_passes_is_waited_for(tmp_path: Path) -> None:
    async with door(tmp_path, UNHEARD, DONE) as (api, heads):
        assert await api.create("/teams", {}, key="k", waits=["programme-not-found"]) == {"id": "made"}
    assert len(heads) == 2


async def test_any_other_refusal_ends_the_load_and_says_why(tmp_path: Path) -> None:
    async with door(tmp_path, UNHEARD) as (api, _):
        with pytest.raises(RefusedError, match="programme-not-found"):
            await api.create("/teams", {}, key="k")


async def test_patience_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.demo.api.PATIENCE_SECONDS", 0.0)
    async with door(tmp_path, AWAY, AWAY) as (api, _):
        with pytest.raises(RefusedError, match="service-unavailable"):
            await api.get("/me")


async def test_an_accepted_problem_is_an_answer(tmp_path: Path) -> None:
    async with door(tmp_path, UNHEARD) as (api, _):
        assert (await api.call("POST", "/x", accepts=["programme-not-found"])).status_code == 404
