"""Owns the databases inside a running PostgreSQL: one per service with a login of its own, and clones for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

CONNECT_SECONDS = 5.0


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of the administrator."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        yield connection
    finally:
        await connection.close()


async def close_to_public(url: str) -> None:
    """Keep the logins of the services out of the databases that PostgreSQL itself brings."""
    async with connected(url) as connection:
        for database in ("postgres", "template1"):
            await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)


async def create_service_database(url: str, name: str, *, password: str) -> None:
    """A login `name` and a database `name` that only it owns and enters; what is there already is kept."""
    async with connected(url) as connection:
        if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name):
            await _run(connection, "CREATE ROLE %I LOGIN", name)
        await _run(connection, "ALTER ROLE %I PASSWORD %L", name, password)
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await _run(connection, "CREATE DATABASE %I OWNER %I", name, name)
        await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", name)


async def clone_database(url: str, template: str, name: str) -> str:
    """Copy the database `template`, to which nobody may be connected; returns the login that owns both.

    Raises asyncpg.ObjectInUseError, asyncpg.InvalidCatalogNameError, asyncpg.DuplicateDatabaseError.
    """
    async with connected(url) as connection:
        owner = await connection.fetchval(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", template
        )
        if owner is None:
            raise asyncpg.InvalidCatalogNameError(f"There is no database {template}.")
        # Half the time of FILE_COPY for a database of 40 tables: no checkpoint.
        await _run(connection, "CREATE DATABASE %I TEMPLATE %I OWNER %I STRATEGY WAL_LOG", name, template, owner)
        await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", name)  # a clone does not inherit it
    return str(owner)


async def drop_database(url: str, name: str) -> None:
    """Remove the database `name`, if it is there, with the connections to it."""
    async with connected(url) as connection:
        await _run(connection, "DROP DATABASE IF EXISTS %I WITH (FORCE)", name)


async def _run(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, *values: str) -> None:
    # Such statements take no parameters: PostgreSQL itself quotes names (%I) and texts (%L).
    quoted: str = await connection.fetchval("SELECT format($1, VARIADIC $2::text[])", statement, list(values))
    await connection.execute(quoted)
