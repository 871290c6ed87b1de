"""The memory that docs/engagement.md promises, of real processes under more large bodies than they can take in."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import httpx
import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from libs.clock import new_id
from tests.support.stack import RunningStack, stack_of

MOST_MIB = 384  # stated in docs/engagement.md
SENDERS, EACH = 24, 2
LOOK_SECONDS = 0.02
JSON, LINES = "application/json", "application/x-ndjson"


def large(number: int) -> dict[str, str]:
    """An interaction that is as long as one may be, so that a thousand fill a body."""
    return {
        "post_url": f"https://x.com/{'a' * 1200}/status/{number}",
        "kind": "reaction",
        "source": "s" * 64,
        "external_id": f"{number:0256d}",
        "person": f"{number:0200d}",
        "occurred_at": datetime.now(UTC).isoformat(),
        "provenance": "measured",
    }


def as_list() -> bytes:
    return json.dumps([large(number) for number in range(1000)]).encode()


def as_lines() -> bytes:
    return b"".join(json.dumps(large(number)).encode() + b"\n" for number in range(2000))


def as_nothing() -> bytes:
    """As much as possible for a parser to make, and nothing for us to take."""
    return b"[" + b",".join([b"{}"] * 600_000) + b"]"


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[RunningStack]:
    async with stack_of("engagement") as running:
        yield running


@asynccontextmanager
async def watched(stack: RunningStack) -> AsyncIterator[Counter[str]]:
    """The most memory of each process, in MiB, while the block runs."""
    most: Counter[str] = Counter()

    async def watch() -> None:
        while True:
            for name in stack.stack.processes:
                most[name] = max(most[name], psutil.Process(stack.stack.pid(name)).memory_info().rss >> 20)
            await asyncio.sleep(LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield most
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def flood(stack: RunningStack, programme_id: UUID, body: bytes, kind: str) -> Counter[int]:
    """Send a body again and again over many connections; returns how often each status came."""
    headers = {**stack.caller("service", programmes=[programme_id]).headers, "content-type": kind}
    answers: Counter[int] = Counter()

    async def sender() -> None:
        async with httpx.AsyncClient(base_url=stack.stack.url("engagement"), trust_env=False, timeout=120) as client:
            for _ in range(EACH):
                answer = await client.post(f"/programmes/{programme_id}/interactions", content=body, headers=headers)
                answers[answer.status_code] += 1

    async with asyncio.TaskGroup() as sending:
        for _ in range(SENDERS):
            sending.create_task(sender())
    return answers


@pytest.mark.timeout(170)
@pytest.mark.parametrize(
    ("body", "kind", "statuses"),
    [(as_list, JSON, {202, 503}), (as_lines, LINES, {202, 503}), (as_nothing, JSON, {422, 503})],
    ids=["a list", "lines", "nothing to take"],
)
async def test_memory_stays_below_what_is_promised(
    stack: RunningStack, body: Callable[[], bytes], kind: str, statuses: set[int]
) -> None:
    async with watched(stack) as most:
        answers = await flood(stack, new_id(), body(), kind)
    assert answers.total() == SENDERS * EACH
    assert set(answers) <= statuses
    assert answers[min(statuses)], "somebody was let in"
    assert max(most.values()) < MOST_MIB, most
