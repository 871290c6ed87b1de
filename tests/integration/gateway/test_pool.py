"""Connections to a service: at most so many, handed from one call to the next, and none lost."""

import asyncio

import pytest

from gateway.proxy import pool as module
from gateway.proxy.connection import Connection
from gateway.proxy.pool import NoPlace, NotConnected, Pool
from tests.integration.gateway.raw import always, raw_service
from tests.integration.gateway.serving import free_address

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def ask(pool: Pool) -> bytes:
    connection = await pool.take()
    try:
        return await exchanged(connection)
    finally:
        pool.give(connection)


async def exchanged(connection: Connection) -> bytes:
    connection.start(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n", patience=30)
    connection.end()
    await connection.answer()
    return await connection.piece()


async def test_many_calls_share_few_connections() -> None:
    async with raw_service(always(*[OK] * 200)) as service:
        pool = Pool(service.url, most=3)
        assert set(await asyncio.gather(*(ask(pool) for _ in range(100)))) == {b"ok"}
        assert service.connections <= 3
        pool.close()


async def test_connections_that_break_leave_their_places_to_others() -> None:
    async with raw_service(always(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))) as service:
        pool = Pool(service.url, most=2)
        assert set(await asyncio.gather(*(ask(pool) for _ in range(40)))) == {b"ok"}
        assert service.connections == 40
        pool.close()


async def test_nobody_waits_for_ever_and_who_leaves_leaves_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_service(always(*[OK] * 9)) as service:
        pool = Pool(service.url, most=1)
        held = await pool.take()
        monkeypatch.setattr(module, "WAIT_FOR_PLACE_SECONDS", 0.05)
        with pytest.raises(NoPlace):
            await pool.take()
        monkeypatch.setattr(module, "WAIT_FOR_PLACE_SECONDS", 60)
        leaving, staying = asyncio.create_task(pool.take()), asyncio.create_task(ask(pool))
        await asyncio.sleep(0)
        assert await exchanged(held) == b"ok"
        pool.give(held)
        leaving.cancel()  # it has been given the connection, and does not live to see it
        assert await asyncio.wait_for(staying, 30) == b"ok"
        assert service.connections == 1
        pool.close()


async def test_a_connection_that_is_lost_while_it_is_handed_over_is_not_used() -> None:
    async with raw_service(always(*[OK] * 9)) as service:
        pool = Pool(service.url, most=1)
        held = await pool.take()
        waiting = asyncio.create_task(ask(pool))
        await asyncio.sleep(0)
        assert await exchanged(held) == b"ok"
        pool.give(held)
        held.close()
        assert await asyncio.wait_for(waiting, 30) == b"ok"
        assert service.connections == 2
        pool.close()


async def test_who_cannot_be_reached_takes_no_place() -> None:
    pool = Pool(free_address(), most=1)
    for _ in range(3):
        with pytest.raises(NotConnected):
            await pool.take()
