"""Counters, levels, badges, streaks and challenges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)


def _counters() -> None:
    op.create_table(
        "counter_day",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "counter",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        postgresql_with={"fillfactor": "80"},  # rewritten in place by most settlements
    )


def _levels() -> None:
    op.create_table(
        "level_ladder",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_table(
        "level_standing",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("needed", sa.Integer, nullable=False),
        sa.Column("since", TIME, nullable=False),
    )


def _badges() -> None:
    op.create_table(
        "badge",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "badge_award",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("earned_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
    )
    held = sa.text("revoked_at IS NULL")
    op.create_index("badge_award_held", "badge_award", ["ambassador_id", "key"], unique=True, postgresql_where=held)
    op.create_index("badge_award_holders", "badge_award", ["programme_id", "key"], postgresql_where=held)


def _streaks() -> None:
    op.create_table(
        "cadence",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("since", TIME, primary_key=True),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
    )
    op.create_table(
        "streak_week",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("week", sa.Text, primary_key=True),
        sa.Column("done", sa.Integer, nullable=False),
    )


def _challenges() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "title", "counter")),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("completed_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_index("challenge_by_programme", "challenge", ["programme_id", "last_day"])
    op.create_table(
        "challenge_part",
        sa.Column("challenge_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("completed_at", TIME),
    )


def upgrade() -> None:
    _counters()
    _levels()
    _badges()
    _streaks()
    _challenges()


TABLES = (
    "challenge_part",
    "challenge",
    "streak_week",
    "cadence",
    "badge_award",
    "badge",
    "level_standing",
    "level_ladder",
    "counter",
    "counter_day",
)


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
