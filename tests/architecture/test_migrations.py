"""Migrations: numbered without a gap, reversible, and ending at the tables that the code declares."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from deploy.local.servers.postgres import PostgresServer
from libs.storage import tables as shared
from libs.storage.database import async_url
from libs.storage.migrate import alembic_config, migrate
from tests.architecture.tree import PROJECT, databases, place, sources

Shape = dict[str, dict[str, tuple[str, bool]]]


def folder_of(service: str) -> Path:
    return PROJECT / databases()[service] / "migrations"


def declared(service: str) -> list[Table]:
    """The tables of a service: its own, and those that every service has."""
    folder = databases()[service]
    package = folder.replace("/", ".")
    for path in sources(folder):
        if path.name == "tables.py":
            import_module(place(path).removesuffix(".py").replace("/", "."))
    return [
        mapper.local_table
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.startswith((f"{package}.", shared.__name__))
        and isinstance(mapper.local_table, Table)
    ]


def shape_of(columns: list[Any]) -> dict[str, tuple[str, bool]]:
    return {column["name"]: (kind_of(column["type"]), bool(column["nullable"])) for column in columns}


def kind_of(kind: sa.types.TypeEngine[Any]) -> str:
    """The type as PostgreSQL writes it; a text without limit is a text under either name."""
    name = kind.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
    return re.sub(r"^VARCHAR$", "TEXT", name)


def declared_shape(service: str) -> Shape:
    return {
        table.name: shape_of([{"name": c.name, "type": c.type, "nullable": c.nullable} for c in table.columns])
        for table in declared(service)
    }


async def migrated_shape(url: str) -> tuple[Shape, dict[str, list[str]]]:
    """The columns and the primary keys of every table in a database."""

    def read(connection: Connection) -> tuple[Shape, dict[str, list[str]]]:
        inspector = sa.inspect(connection)
        names = [name for name in inspector.get_table_names() if name != "alembic_version"]
        columns = {name: shape_of(list(inspector.get_columns(name))) for name in names}
        return columns, {name: inspector.get_pk_constraint(name)["constrained_columns"] for name in names}

    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(read)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("service", databases())
def test_migrations_are_numbered_without_gap_in_one_line(service: str) -> None:
    scripts = list(ScriptDirectory.from_config(alembic_config(folder_of(service))).walk_revisions())[::-1]
    assert [script.revision for script in scripts] == [f"{number:04d}" for number in range(1, len(scripts) + 1)]
    assert [script.down_revision for script in scripts] == [None, *[script.revision for script in scripts[:-1]]]
    for script in scripts:
        assert re.fullmatch(rf"{script.revision}_[a-z_]+\.py", Path(script.path).name)


@pytest.mark.parametrize("service", databases())
async def test_migrations_run_forth_back_and_forth_again(service: str, postgres: PostgresServer) -> None:
    url = await postgres.create_service_database(f"reversed_{service}")
    await migrate(url, folder_of(service))
    first = await migrated_shape(url)
    await migrate(url, folder_of(service), to="base")
    assert await migrated_shape(url) == ({}, {})
    await migrate(url, folder_of(service))
    assert await migrated_shape(url) == first


@pytest.mark.parametrize("service", databases())
async def test_the_migrated_tables_are_those_of_the_code(service: str, postgres: PostgresServer) -> None:
    url = await postgres.create_service_database(f"compared_{service}")
    await migrate(url, folder_of(service))
    columns, keys = await migrated_shape(url)
    assert columns == declared_shape(service)
    assert {name: set(key) for name, key in keys.items()} == {
        table.name: {column.name for column in table.primary_key} for table in declared(service)
    }


def test_no_two_services_give_a_table_one_name() -> None:
    own = [name for service in databases() for name in declared_shape(service) if name not in SHARED]
    assert len(own) == len(set(own))


SHARED = {"outbox", "inbox", "idempotency"}
