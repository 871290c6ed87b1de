"""Webhooks with their secrets, deliveries and replays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_shared_tables()
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False, index=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("event_types", ARRAY(sa.Text), nullable=False),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("disabled_at", TIME),
        sa.Column("disabled_reason", sa.Text),
        sa.Column("failing_since", TIME),
        sa.Column("throttled_until", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_table(
        "webhook_secret",
        sa.Column("webhook_id", sa.Uuid, sa.ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", TIME),
    )
    _deliveries()
    op.create_table(
        "webhook_replay",
        sa.Column("webhook_id", sa.Uuid, sa.ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("positions", JSONB, nullable=False),
        sa.Column("open_types", ARRAY(sa.Text), nullable=False),
        sa.Column("queued", sa.Integer, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("worked_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("webhook_id", sa.Uuid, sa.ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried", sa.Integer, nullable=False),
        sa.Column("log", JSONB, nullable=False),
        sa.Column("next_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.UniqueConstraint("webhook_id", "event_id", name="delivery_once"),
    )
    op.create_index("delivery_by_webhook", "delivery", ["webhook_id", "id"])
    op.create_index("delivery_by_state", "delivery", ["webhook_id", "state", "id"])
    due = sa.text("next_at IS NOT NULL")
    op.create_index("delivery_due", "delivery", ["webhook_id", "next_at"], postgresql_where=due)
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("delivery_ended", "delivery", ["ended_at"], postgresql_where=ended)


def downgrade() -> None:
    for name in ("webhook_replay", "delivery", "webhook_secret", "webhook"):
        op.drop_table(name)
    drop_shared_tables()
