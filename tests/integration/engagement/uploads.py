"""Sends files to engagement and looks at what becomes of them."""

import csv
from io import StringIO
from typing import Any

import httpx

from libs.events.sharing import SharePublished
from tests.integration.engagement.play import Play
from tests.support.eventually import eventually

HEADER = "share_id,read_at,reactions,comments\n"
ENDED = {"checked", "applied", "cancelled", "failed"}


async def ask(play: Play, method: str, path: str, **rest: Any) -> httpx.Response:
    return await play.running.caller("manager").call(method, path, **rest)


async def state_of(play: Play, import_id: str) -> dict[str, Any]:
    answer = await ask(play, "GET", f"/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ended(play: Play, import_id: str, *, seconds: float = 20.0) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = await state_of(play, import_id)
        return found if found["state"] in ENDED else None

    found = await eventually(look, seconds=seconds)
    assert found is not None
    return found


async def checked(play: Play, text: str | bytes, **query: str) -> dict[str, Any]:
    answer = await play.imports(text, **query)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "uploaded"
    return await ended(play, answer.json()["import_id"])


async def applied(play: Play, text: str | bytes, **query: str) -> dict[str, Any]:
    found = await checked(play, text, dry_run="false", **query)
    assert found["state"] == "applied", found
    await play.running.settled()
    return found


async def rejected(play: Play, import_id: str) -> list[list[str]]:
    answer = await ask(play, "GET", f"/imports/{import_id}/rejected")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="rejected-{import_id}.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def chunks(play: Play, import_id: str) -> int:
    rows = await play.running.rows(
        "SELECT count(*) AS n FROM import_chunk WHERE import_id = CAST(:i AS uuid)", i=import_id
    )
    return int(rows[0]["n"])


async def reported_of(play: Play, share: SharePublished) -> dict[str, int]:
    return {row["kind"]: row["count"] for row in (await play.numbers(share))["reported"]}
