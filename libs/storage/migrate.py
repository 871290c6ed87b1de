"""Migrations by Alembic, run in one process at a time, with a lock timeout so that a rollout never queues traffic."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.storage.database import async_url

LOCK_TIMEOUT = "5s"
ADVISORY_LOCK = 7_201_551  # any constant: one migration at a time in a database


def alembic_config(folder: Path) -> Config:
    """Return the configuration for a service's `migrations` folder (its `versions` hold 0001_… onwards)."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(url: str, folder: Path, *, to: str = "head") -> None:
    """Bring the database of `url` to a revision, after any other migration of it has ended."""
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, alembic_config(folder), to)
            await connection.commit()
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, config: Config, to: str) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    config.attributes["connection"] = connection
    if to == "base" or to.startswith("-"):
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)


def run_environment(config: Config) -> None:
    """Do what a service's `migrations/env.py` is for: run the scripts on the connection that `migrate` holds."""
    from alembic import context  # noqa: PLC0415 - the proxy works only while Alembic runs an environment

    context.configure(connection=config.attributes["connection"], transactional_ddl=False)
    context.run_migrations()


def create_shared_tables() -> None:
    """Create outbox, inbox and idempotency, version 1: the first step of each service's 0001 migration."""
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("body_digest", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def drop_shared_tables() -> None:
    """Undo `create_shared_tables`."""
    for name in ("idempotency", "inbox", "outbox"):
        op.drop_table(name)


def migrate_now(url: str, folder: Path, *, to: str = "head") -> None:
    """Run `migrate` from a program without a loop."""
    asyncio.run(migrate(url, folder, to=to))
