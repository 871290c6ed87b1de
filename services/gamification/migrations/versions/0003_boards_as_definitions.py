"""Boards as definitions: team, tie rule, anonymity; how ambassadors appear; seasons that close."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)
ADDED = ("team_id", "tie", "anonymity", "salt")


def upgrade() -> None:
    op.add_column("board", sa.Column("team_id", sa.Uuid))
    op.add_column("board", sa.Column("tie", sa.Text, nullable=False, server_default="first"))
    op.add_column("board", sa.Column("anonymity", sa.Text, nullable=False, server_default="name"))
    op.add_column("board", sa.Column("salt", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")))
    op.create_table(
        "board_visibility",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("boards", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("member_by_subject", "member", ["subject_key", "programme_id"])
    _seasons()


def _seasons() -> None:
    op.create_table(
        "season",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("season", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("people", sa.Integer),
        sa.Column("digest", sa.Text),
        *(sa.Column(name, TIME) for name in ("frozen_at", "settled_at", "archived_at")),
    )
    op.create_index("season_due", "season", ["state", "ends_at"])
    op.create_table(
        "season_standing",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("season", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("milli_points", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("season_standing")
    op.drop_table("season")
    op.drop_index("member_by_subject", "member")
    op.drop_table("board_visibility")
    for name in ADDED:
        op.drop_column("board", name)
