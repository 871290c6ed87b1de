"""The migrations make what the tables say, and can be undone."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, String, Text, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from libs.storage.database import async_url
from libs.storage.migrate import migrate
from libs.storage.tables import IdempotencyRow, InboxRow, OutboxRow
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.app import MIGRATIONS
from services.sharing.clicks.tables import ClickRow
from services.sharing.cohorts.tables import Cohort, CohortAmbassador
from services.sharing.consents.tables import Consent
from services.sharing.links.tables import AuthorVisitor, Link, LinkSettings
from services.sharing.programmes.tables import Caption, Item, Programme
from services.sharing.shares.tables import Share
from services.sharing.teams.tables import Team
from tests.support.harness import Running, Stage

PEOPLE = (Team, Ambassador, Cohort, CohortAmbassador, Consent)
OWN = (Programme, Item, Caption, *PEOPLE, Share, Link, LinkSettings, AuthorVisitor, ClickRow)
TABLES = (*OWN, OutboxRow, InboxRow, IdempotencyRow)
# indexes and unique constraints live in the migration alone; a table without one still works, only slower or unsafe
COMPARED = {"table", "column", "foreign_key_constraint"}


def differences(connection: Connection) -> list[Any]:
    names = {table.__tablename__ for table in TABLES}

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind in COMPARED and (kind != "table" or name in names)

    def retyped(_: object, __: object, ___: object, found: TypeEngine[Any], declared: TypeEngine[Any]) -> bool | None:
        return False if isinstance(found, Text) and isinstance(declared, String | AutoString) else None  # text is text

    context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": retyped})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_the_migrated_schema_is_that_of_the_tables(sharing: Running) -> None:
    async with sharing.parts.db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_table_of_the_database_is_known(sharing: Running) -> None:
    async with sharing.parts.db.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert found == {str(table.__tablename__) for table in TABLES} | {"alembic_version"}


async def test_the_migrations_can_be_undone(stage: Stage) -> None:
    url = await stage.database("sharing", MIGRATIONS)
    await migrate(url, MIGRATIONS, to="base")
    engine = create_async_engine(async_url(url))
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert found == ["alembic_version"]
