"""Cohorts and their members."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("formed_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("cohort_by_programme", "cohort", ["programme_id", "id"])
    op.create_table(
        "cohort_ambassador",
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("ambassador.id"), primary_key=True),
        sa.Column("cohort_id", sa.Uuid, sa.ForeignKey("cohort.id"), nullable=False),
    )
    op.create_index("cohort_ambassador_by_cohort", "cohort_ambassador", ["cohort_id", "ambassador_id"])


def downgrade() -> None:
    op.drop_table("cohort_ambassador")
    op.drop_table("cohort")
