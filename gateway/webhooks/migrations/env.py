"""What Alembic runs; `libs.storage.migrate` holds the connection."""

from alembic import context

from libs.storage.migrate import run_environment

run_environment(context.config)
