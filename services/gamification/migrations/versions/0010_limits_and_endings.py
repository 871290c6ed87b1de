"""Limits of integrity by programme; badges end and are worded anew, challenges and spotlights end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"

TIME = sa.DateTime(timezone=True)
# what was found so far was found with the product's own limits
_FOUND_WITH = """
    UPDATE hold SET limits = CASE kind
        WHEN 'pod' THEN '{"members": 4, "density": 0.6, "inside": 0.5}'::jsonb
        WHEN 'crowd' THEN '{"people": 10, "in_a_row": 3, "alike": 0.6}'::jsonb
        ELSE '{"people": 20, "within_seconds": 60}'::jsonb END
"""


def _limits() -> None:
    op.create_table(
        "integrity_limits",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", TIME, nullable=False),
    )
    op.add_column("hold", sa.Column("limits_version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("hold", sa.Column("limits", JSONB, nullable=False, server_default="{}"))
    op.execute(_FOUND_WITH)


def _badges() -> None:
    op.create_table(
        "badge_wording",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("titles", JSONB, nullable=False),
        sa.Column("written_at", TIME, nullable=False),
    )
    op.create_table(
        "badge_retirement",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("retired_at", TIME, nullable=False),
    )


def upgrade() -> None:
    _limits()
    _badges()
    op.add_column("challenge", sa.Column("cancelled_at", TIME))
    op.add_column("spotlight", sa.Column("withdrawn_at", TIME))


def downgrade() -> None:
    op.drop_column("spotlight", "withdrawn_at")
    op.drop_column("challenge", "cancelled_at")
    op.drop_table("badge_retirement")
    op.drop_table("badge_wording")
    op.drop_column("hold", "limits")
    op.drop_column("hold", "limits_version")
    op.drop_table("integrity_limits")
