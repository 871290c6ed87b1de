"""Handing out connections that live: one that has just been used is believed, one that lay unused is asked."""

import time
from typing import cast

from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

UNUSED_SECONDS = 1.0


def ask_the_unused(engine: AsyncEngine) -> None:
    """Do what `pool_pre_ping` does, which costs three trips to the server for each transaction, but seldom."""

    @event.listens_for(engine.sync_engine, "checkin")
    def come_back(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def go_out(given: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        connection = cast("AsyncAdapt_asyncpg_connection", given)
        unused = time.monotonic() - record.info.get("used", time.monotonic())
        if connection.driver_connection.is_closed() or (unused > UNUSED_SECONDS and not _answers(connection)):
            raise InvalidatePoolError  # with all others that are as old; the caller gets a new one


def _answers(connection: AsyncAdapt_asyncpg_connection) -> bool:
    try:
        connection.ping()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    except Exception:  # noqa: BLE001 - whatever it is, the connection is of no use
        return False
    return True
