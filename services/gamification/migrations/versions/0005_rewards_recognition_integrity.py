"""Rewards and redemptions, spotlights, holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)


def _rewards() -> None:
    op.create_table(
        "reward",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("stock", sa.Integer),
        sa.Column("per_person", sa.Integer),
        sa.CheckConstraint("stock >= 0", name="reward_stock_is_not_negative"),
    )
    op.create_index("reward_by_programme", "reward", ["programme_id", "id"])
    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reward_id", sa.Uuid, nullable=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("redemption_by_ambassador", "redemption", ["ambassador_id", "requested_at", "id"])
    op.create_index("redemption_by_programme", "redemption", ["programme_id", "requested_at", "id"])


def _recognition() -> None:
    op.create_table(
        "spotlight",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_at", TIME, nullable=False),
    )
    op.create_index("spotlight_by_programme", "spotlight", ["programme_id", "given_at", "id"])


def _holds() -> None:
    op.create_table(
        "held_share",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("hold_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
    )
    op.create_index("held_share_by_ambassador", "held_share", ["ambassador_id"])
    op.create_index("held_share_by_hold", "held_share", ["hold_id"])
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ambassador_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("share_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("milli_points", sa.BigInteger, nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", sa.Text),
    )
    op.create_index("hold_by_programme", "hold", ["programme_id", "found_at", "id"])
    op.create_index("hold_pending", "hold", ["found_at"], postgresql_where=sa.text("state = 'pending'"))
    op.create_index("hold_by_ambassador", "hold", ["ambassador_ids"], postgresql_using="gin")
    op.create_table(
        "hold_answer",
        sa.Column("hold_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answered_at", TIME, nullable=False),
    )
    op.create_table(
        "integrity",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("hold_automatically", sa.Boolean, nullable=False),
        sa.Column("inspected_on", sa.Date),
    )


def upgrade() -> None:
    _rewards()
    _recognition()
    _holds()
    # inspections read what was published in a programme lately
    op.create_index("evidence_share_by_programme_and_time", "evidence_share", ["programme_id", "published_at"])


def downgrade() -> None:
    op.drop_index("evidence_share_by_programme_and_time", "evidence_share")
    for name in ("integrity", "hold_answer", "hold", "held_share", "spotlight", "redemption", "reward"):
        op.drop_table(name)
