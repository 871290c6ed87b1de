"""The shared tables, and one that shows what was applied."""

import sqlalchemy as sa
from alembic import op

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_shared_tables()
    op.create_table(
        "effect",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("effect")
    drop_shared_tables()
