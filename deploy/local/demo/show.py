"""Owns showing a loaded programme in a terminal: the board, and why two of its ambassadors stand where they stand."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.local.demo.api import Api, api_of
from deploy.local.demo.load import DemoProgramme
from deploy.local.demo.people import AUTHENTIC, COPIER
from deploy.local.folder import DataFolder
from libs.clock import SystemClock

SETTLED_SECONDS = 5.0
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.25
PLAIN_COLUMNS = 160  # in a file or a pipe nothing has to be cut off
Json = Mapping[str, Any]  # Any: JSON


async def show(gateway_url: str, folder: DataFolder, programme: DemoProgramme) -> None:
    """Wait until the board stands still, print it, then the best week of an authentic author and of a copier."""
    found = Console(highlight=False)
    out = found if found.is_terminal else Console(highlight=False, width=PLAIN_COLUMNS)
    async with api_of(gateway_url, folder, SystemClock()) as api:
        board = await settled(api, programme.board_id, out)
        behaves = {str(programme.ambassadors[name]): profile for name, profile in programme.profiles.items()}
        out.print(table_of(board, behaves))
        for profile in (AUTHENTIC, COPIER):
            best = next(row for row in board["items"] if behaves[row["ambassador_id"]] == profile.name)
            await _explain(api, best, profile.name, out)
    out.print(
        f"\n[bold]Try it[/]    documentation: {gateway_url}/docs"
        "\n          a token:       make token ROLE=manager"
        f"\n          this board:    curl -H \"Authorization: Bearer $TOKEN\" '{gateway_url}{_path(programme)}'\n",
        soft_wrap=True,
    )


async def settled(api: Api, board_id: UUID, out: Console) -> Json:
    """Return the season's board once nothing was booked for five seconds, or two minutes have passed.

    Five, for one transaction of gamification may book a great many and take seconds where the machine is busy.
    """
    board = await _read(api, board_id)
    until = time.monotonic() + PATIENCE_SECONDS
    with Live(console=out, auto_refresh=False, transient=True) as live:
        moved = time.monotonic()
        while time.monotonic() < min(moved + SETTLED_SECONDS, until):
            live.update(table_of({**board, "items": board["items"][:10]}), refresh=out.is_terminal)
            await asyncio.sleep(PAUSE_SECONDS)
            before, board = board["sequence"], await _read(api, board_id)
            if board["sequence"] != before:
                moved = time.monotonic()
    return board


def table_of(board: Json, behaves: Mapping[str, str] | None = None) -> Table:
    """Return a board as a table; `behaves` tells of each ambassador id how that person does."""
    table = Table(title=f"{board['title']} - {board['period']}", title_justify="left", box=None, header_style="bold")
    table.add_column("rank", justify="right")
    table.add_column("name")
    table.add_column("team")
    table.add_column("points", justify="right")
    if behaves:
        table.add_column("behaves as", style="dim")
    for row in board["items"]:
        points = f"{row['points']:.1f}"
        cells = [str(row["rank"]), row["name"] or "—", row["team"] or "—", points]
        table.add_row(*cells, *([behaves[row["ambassador_id"]]] if behaves else []))
    return table


async def _explain(api: Api, row: Json, profile: str, out: Console) -> None:
    weeks, entries = await _account(api, row["ambassador_id"])
    week = max(weeks, key=lambda name: (weeks[name], name))
    out.print(f"\n[bold]{row['name']}[/] ({profile}), best week {week}: {weeks[week]:.1f} points")
    for entry in _lines(entry for entry in entries if entry["week"] == week):
        out.print(f"  {entry['kind']:<12}{entry['sentence']}", soft_wrap=True)


async def _account(api: Api, ambassador_id: str) -> tuple[dict[str, float], list[Json]]:
    """Return the points of each week, and all entries, newest first."""
    entries: list[Json] = []
    query: dict[str, str | int] = {"limit": 100}
    while True:
        found = await api.get(f"/ambassadors/{ambassador_id}/points", query=query)
        entries += found["entries"]["items"]
        if found["entries"]["next"] is None:
            break
        query["cursor"] = found["entries"]["next"]
    weeks = {one["period"]: one["points"] for one in found["balances"] if "-W" in one["period"]}
    return weeks, entries


def _lines(entries: Iterable[Json]) -> list[Json]:
    """Return the last word on each line, the best first: an entry is a difference, its sentence is the whole line."""
    last: dict[tuple[str, str | None], Json] = {}
    for entry in entries:
        last.setdefault((entry["kind"], entry["share_id"]), entry)
    return sorted(last.values(), key=lambda entry: -entry["after"])


async def _read(api: Api, board_id: UUID) -> Json:
    board: Json = await api.get(f"/boards/{board_id}", query={"period": "season", "limit": 100})
    return board


def _path(programme: DemoProgramme) -> str:
    return f"/v1/boards/{programme.board_id}?period=season"
