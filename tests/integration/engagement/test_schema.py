from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from libs.storage.migrate import migrate
from services.engagement.app import MIGRATIONS
from tests.support.harness import Running, Stage

OWN = {
    "engagement_programme",
    "engagement_share",
    "engagement_handle",
    "receipt",
    "quarantined",
    "quarantine_act",
    "interaction",
    "interaction_conflict",
    "interaction_withdrawal",
    "interaction_counter",
    "reading",
    "reading_conflict",
    "import_file",
    "import_chunk",
    "import_rejected",
    "import_mapping",
    "conversation",
    "engagement_ambassador",
    "reminder_plan",
    "reading_latest",
    "measured_programme",
    "measured_share",
    "measured_member",
    "measured_campaign",
    "media_rate",
    "post_alias",
    "webhook_delivery",
    "conversion_key",
}


async def test_the_migrated_schema_is_that_of_the_tables(engagement: Running) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [one for one in compare_metadata(context, SQLModel.metadata) if OWN & set(str(one).split("'"))]

    async with engagement.parts.db.engine.connect() as connection:
        found = await connection.run_sync(differences)
    # indexes live in the migrations, where they can be made without a lock
    assert [one for one in found if "remove_index" not in str(one)] == []


async def test_the_migration_goes_back(stage: Stage) -> None:
    url = await stage.servers.postgres.create_service_database("engagement_there_and_back")
    await migrate(url, MIGRATIONS)
    await migrate(url, MIGRATIONS, to="base")
    await migrate(url, MIGRATIONS)
