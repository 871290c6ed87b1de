"""Interactions that were taken back, so that none of them is kept again when it is told late or once more."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "evidence_withdrawn",
        sa.Column("interaction_id", sa.Uuid, primary_key=True),
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("evidence_withdrawn")
