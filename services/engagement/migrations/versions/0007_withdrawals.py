"""What its source has taken back: the mark that outlives the order of notices, and the interactions that it met."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "interaction_withdrawal",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", "programme_id"),
    )
    op.add_column("interaction", sa.Column("withdrawn_at", TIME))


def downgrade() -> None:
    op.drop_column("interaction", "withdrawn_at")
    op.drop_table("interaction_withdrawal")
