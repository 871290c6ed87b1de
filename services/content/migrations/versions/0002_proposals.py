"""Proposals with their ambassadors, and campaigns whose captions are locked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("campaign", sa.Column("captions_locked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        # no foreign key to the programme: sharing tells of both in its own time
        "content_ambassador",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
    )
    op.create_index("content_ambassador_by_subject", "content_ambassador", ["subject_key", "programme_id", "id"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("content_ambassador.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("reason", sa.Text),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("item.id")),
    )
    op.create_index("proposal_by_programme", "proposal", ["programme_id", "id"])
    op.create_index("proposal_by_state", "proposal", ["programme_id", "state", "id"])
    op.create_index("proposal_by_ambassador", "proposal", ["ambassador_id", "id"])


def downgrade() -> None:
    op.drop_table("proposal")
    op.drop_table("content_ambassador")
    op.drop_column("campaign", "captions_locked")
