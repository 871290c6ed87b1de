"""Programmes, campaigns, items and captions."""

import sqlalchemy as sa
from alembic import op

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_shared_tables()
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("charter_version", sa.Integer, nullable=False),
        sa.Column("charter_text", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("kpi", sa.Text, nullable=False),
        sa.Column("target", sa.BigInteger, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
    )
    op.create_index("campaign_by_programme", "campaign", ["programme_id", "id"])
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("campaign_id", sa.Uuid, sa.ForeignKey("campaign.id"), nullable=False),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("published_at", TIME),
    )
    op.create_index(
        "item_feed",
        "item",
        ["programme_id", "published_at", "id"],
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_table(
        "caption",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("item.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("network", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("item_id", "position"),
    )


def downgrade() -> None:
    for name in ("caption", "item", "campaign", "programme"):
        op.drop_table(name)
    drop_shared_tables()
