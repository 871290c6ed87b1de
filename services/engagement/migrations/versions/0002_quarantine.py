"""Quarantine with its audit; receipts of what is quarantined; goal and collection time of interactions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.alter_column("receipt", "programme_id", nullable=True)
    op.add_column("receipt", sa.Column("quarantined", sa.Integer, nullable=False, server_default="0"))
    op.add_column("interaction", sa.Column("goal", sa.Text))
    op.add_column("interaction", sa.Column("collected_at", TIME))
    # addresses are looked for in one programme or in all of them
    op.create_index("engagement_share_by_post", "engagement_share", ["post_url"])
    op.drop_index("engagement_share_by_address", "engagement_share")
    _create_quarantined()
    op.create_table(
        "quarantine_act",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("quarantined_id", sa.Uuid, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
    )
    op.create_index("quarantine_act_of", "quarantine_act", ["quarantined_id", "at", "id"])


def _create_quarantined() -> None:
    op.create_table(
        "quarantined",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("programme_id", sa.Uuid),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("share_id", sa.Uuid),
        sa.Column("address", sa.Text),
        sa.Column("item", JSONB, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.Integer),
        sa.Column("arrived_at", TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    waiting = sa.text("state = 'open'")
    unknown = sa.text("state = 'open' AND reason = 'unknown-share'")
    op.create_index("quarantined_once", "quarantined", ["digest"], unique=True, postgresql_where=waiting)
    op.create_index("quarantined_by_share", "quarantined", ["share_id"], postgresql_where=unknown)
    op.create_index("quarantined_by_address", "quarantined", ["address"], postgresql_where=unknown)
    op.create_index("quarantined_listed", "quarantined", ["programme_id", "state", "arrived_at", "id"])
    op.create_index("quarantined_of_receipt", "quarantined", ["receipt_id", "place"])
    applied = sa.text("state = 'applied'")
    op.create_index("quarantined_applied", "quarantined", ["changed_at"], postgresql_where=applied)


def downgrade() -> None:
    op.drop_table("quarantine_act")
    op.drop_table("quarantined")
    op.create_index("engagement_share_by_address", "engagement_share", ["programme_id", "post_url"])
    op.drop_index("engagement_share_by_post", "engagement_share")
    op.drop_column("interaction", "collected_at")
    op.drop_column("interaction", "goal")
    op.drop_column("receipt", "quarantined")
    op.execute("DELETE FROM receipt WHERE programme_id IS NULL")
    op.alter_column("receipt", "programme_id", nullable=False)
