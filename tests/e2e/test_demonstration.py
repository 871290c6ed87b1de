"""The demonstration, undisturbed and disturbed: the board must be the same."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from deploy.local.demo.load import DemoProgramme, load
from deploy.local.verify import verify
from libs.clock import SystemClock
from tests.support.stack import RunningStack, stack_of

NOW = datetime.now(UTC)
SERVICES = ("engagement", "gamification", "sharing", "content", "gateway")

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A demonstration that was loaded, and the points of everybody in it."""

    demo: DemoProgramme
    points: dict[str, float]


@pytest.fixture(scope="module")
async def calm(stack: RunningStack) -> Shown:
    demo = await load(stack.stack.url("gateway"), stack.stack.folder, now=NOW, quiet=True)
    return Shown(demo=demo, points=await board_of(stack, demo))


@pytest.fixture
async def another() -> AsyncIterator[RunningStack]:
    async with stack_of() as running:
        yield running


async def board_of(stack: RunningStack, demo: DemoProgramme) -> dict[str, float]:
    """The points of everybody, once nothing is under way and ledger, balances and board agree."""
    assert await verify(stack.stack.folder.root, SystemClock()) == 0
    rows = (await stack.caller("admin").get(f"/v1/boards/{demo.board_id}", params={"limit": 100})).json()["items"]
    return {row["name"]: row["points"] for row in rows}


async def kill_one_after_another(stack: RunningStack, *, every: float) -> None:
    """kill -9 one process after the other; the stack starts each again."""
    for name in SERVICES:
        await asyncio.sleep(every)
        os.kill(stack.stack.pid(name), signal.SIGKILL)


async def test_kills_another_order_and_every_batch_twice_end_in_the_same_board(
    calm: Shown, another: RunningStack
) -> None:
    assert len(calm.points) == 24
    killing = asyncio.create_task(kill_one_after_another(another, every=3))
    disturbed = await load(
        another.stack.url("gateway"), another.stack.folder, now=NOW, order_seed=3, repeat=True, quiet=True
    )
    await killing
    assert await board_of(another, disturbed) == calm.points
    assert {name for name in SERVICES if any(name in line for line in another.said)} == set(SERVICES)


async def test_people_with_their_own_words_stand_above_those_who_copy(calm: Shown) -> None:
    by_profile: dict[str, list[float]] = {}
    for name, points in calm.points.items():
        by_profile.setdefault(calm.demo.profiles[name], []).append(points)
    assert min(by_profile["authentic"]) > max(by_profile["copier"])
