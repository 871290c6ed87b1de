"""Idempotency keys on a real database: one effect for a key, and one answer."""

import asyncio

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from libs.storage.database import Transaction
from libs.web.errors import IdempotencyConflict
from libs.web.idempotency import Once, forget_old_keys
from tests.integration.libs.kit import CLOCK, Kit
from tests.support.clock import MovedClock


class Made(BaseModel):
    """The answer: which row was made."""

    position: int


def once(key: str | None = "key-1", *, caller: str = "alice", route: str = "POST /things", body: bytes = b"{}") -> Once:
    return Once(key, caller=caller, route=route, body=body)


async def made(tx: Transaction) -> Made:
    row = await tx.run(text("INSERT INTO effect (number) VALUES (1) RETURNING position"))
    return Made(position=row.scalar_one())


async def post(kit: Kit, request: Once, clock: MovedClock | None = None) -> tuple[bytes, bool]:
    """The body of the answer, and whether it is a repetition."""
    async with kit.db.transaction() as tx:
        answer = await request.run(tx, lambda: made(tx), clock=clock or CLOCK)
    assert answer.status_code == 201
    return bytes(answer.body), answer.headers.get("Idempotency-Replayed") == "true"


async def test_ten_at_once_have_one_effect_and_one_answer(kit: Kit) -> None:
    answers = await asyncio.gather(*(post(kit, once()) for _ in range(10)))
    assert await kit.effects() == [1]
    assert len({body for body, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False, *[True] * 9]


async def test_another_body_under_the_key_is_refused(kit: Kit) -> None:
    await post(kit, once())
    with pytest.raises(IdempotencyConflict):
        await post(kit, once(body=b'{"more": 1}'))
    assert await kit.effects() == [1]


async def test_a_key_belongs_to_its_caller_and_route(kit: Kit) -> None:
    for request in (once(), once(caller="bob"), once(route="POST /others"), once("key-2")):
        assert (await post(kit, request))[1] is False
    assert len(await kit.effects()) == 4


async def test_without_a_key_each_request_counts(kit: Kit) -> None:
    await post(kit, once(None))
    await post(kit, once(None))
    assert len(await kit.effects()) == 2


async def test_a_request_that_failed_leaves_the_key_free(kit: Kit) -> None:
    async def fail() -> None:
        async with kit.db.transaction() as tx:

            async def spill() -> Made:
                await made(tx)
                raise RuntimeError("spilled")

            await once().run(tx, spill, clock=CLOCK)

    with pytest.raises(RuntimeError, match="spilled"):
        await fail()
    assert (await post(kit, once()))[1] is False
    assert len(await kit.effects()) == 1


async def test_the_second_takes_over_when_the_first_fails_under_way(kit: Kit) -> None:
    began, may_fail = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with kit.db.transaction() as tx:

            async def spill() -> Made:
                began.set()
                await may_fail.wait()
                raise RuntimeError("spilled")

            await once().run(tx, spill, clock=CLOCK)

    failing = asyncio.create_task(first())
    await began.wait()
    waiting = asyncio.create_task(post(kit, once()))
    may_fail.set()
    with pytest.raises(RuntimeError, match="spilled"):
        await failing
    assert (await waiting)[1] is False
    assert len(await kit.effects()) == 1


async def test_a_key_is_forgotten_after_a_day(kit: Kit) -> None:
    clock = MovedClock()
    await post(kit, once(), clock)
    clock.forward(hours=23)
    assert await forget_old_keys(kit.db, clock) == 0
    assert (await post(kit, once(), clock))[1] is True
    clock.forward(hours=1, seconds=1)
    assert await forget_old_keys(kit.db, clock) == 1
    assert (await post(kit, once(), clock))[1] is False
