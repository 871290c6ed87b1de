"""Known shares, handles and programmes; receipts; interactions with conflicts and counters; readings."""

import sqlalchemy as sa
from alembic import op

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
INTERACTION_KEY = ("programme_id", "source", "external_id")


def upgrade() -> None:
    create_shared_tables()
    _create_shares()
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("conflicts", sa.Integer, nullable=False),
    )
    _create_interactions()
    op.create_table(
        "reading",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("read_at", TIME, primary_key=True),
        sa.Column("provenance", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )


def _create_shares() -> None:
    op.create_table(
        "engagement_programme",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False),
    )
    op.create_table(
        "engagement_share",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("post_url", sa.Text),
        sa.Column("published_at", TIME, nullable=False),
    )
    op.create_index("engagement_share_by_address", "engagement_share", ["programme_id", "post_url"])
    op.create_table(
        "engagement_handle",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("person_key", sa.Text),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("engagement_handle_by_person", "engagement_handle", ["programme_id", "network", "person_key"])


def _create_interactions() -> None:
    op.create_table(
        "interaction",
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("interaction_id", sa.Uuid, nullable=False),
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("colleague_id", sa.Uuid),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("answers", sa.Text),
        sa.Column("asked_at", TIME),
        sa.Column("words", sa.Integer),
        sa.Column("text_key", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(*INTERACTION_KEY),
    )
    op.create_index(
        "interaction_unanswered",
        "interaction",
        ["programme_id", "source", "answers"],
        postgresql_where=sa.text("kind = 'reply' AND person IS NULL"),
    )
    op.create_table(
        "interaction_conflict",
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(*INTERACTION_KEY, "digest"),
    )
    op.create_table(
        "interaction_counter",
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sa.Column("own", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("share_id", "kind"),
    )


def downgrade() -> None:
    for name in (
        "reading",
        "interaction_counter",
        "interaction_conflict",
        "interaction",
        "receipt",
        "engagement_handle",
        "engagement_share",
        "engagement_programme",
    ):
        op.drop_table(name)
    drop_shared_tables()
