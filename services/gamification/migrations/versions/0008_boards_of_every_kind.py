"""Boards by period, scope, subject and eligibility, with kept standings; groups of members; proposals; campaigns."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)
TABLES = ("board_due", "board_standing", "evidence_proposal", "cohort_member", "member_cohort", "member_campaign")


def _added() -> list[sa.Column[Any]]:
    return [
        sa.Column("subject", sa.Text, nullable=False, server_default="ambassador"),
        sa.Column("campaign_id", sa.Uuid),
        sa.Column("cohort_id", sa.Uuid),
        sa.Column("network", sa.Text),
        sa.Column("periods", ARRAY(sa.Text), nullable=False, server_default="{week,season,all}"),
        sa.Column("min_shares", sa.Integer, nullable=False, server_default="0"),
        sa.Column("enrolled_from", sa.Date),
        sa.Column("enrolled_until", sa.Date),
        sa.Column("excluded_team_ids", ARRAY(sa.Uuid), nullable=False, server_default="{}"),
        sa.Column("kept", sa.Boolean, nullable=False, server_default="false"),
    ]


def upgrade() -> None:
    _groups()
    op.add_column("evidence_share", sa.Column("campaign_id", sa.Uuid))
    op.create_table(
        "evidence_proposal",
        sa.Column("proposal_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("evidence_proposal_by_ambassador", "evidence_proposal", ["ambassador_id", "at"])
    op.create_index("evidence_proposal_by_programme", "evidence_proposal", ["programme_id"])
    _boards()


def _groups() -> None:
    op.create_table(
        "member_team",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
    )
    op.create_table(
        "member_campaign",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("captions_locked", sa.Boolean, nullable=False),
    )
    op.create_table(
        "member_cohort",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "cohort_member",
        sa.Column("cohort_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
    )
    op.create_index("member_by_team", "member", ["team_id"])
    op.create_index("member_by_programme_and_team", "member", ["programme_id", "team_id"])


def _boards() -> None:
    for column in _added():
        op.add_column("board", column)
    op.execute("UPDATE board SET kept = metric <> 'points'")
    op.create_table(
        "board_standing",
        sa.Column("board_id", sa.Uuid, primary_key=True),
        sa.Column("row_id", sa.Uuid, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("score", sa.BigInteger),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("expires_on", sa.Date),
    )
    expiring = sa.text("expires_on IS NOT NULL")
    op.create_index("board_standing_by_expiry", "board_standing", ["expires_on"], postgresql_where=expiring)
    # boards that followed the ledger's numbers go on above them
    op.execute("CREATE SEQUENCE board_standing_sequence")
    op.execute("SELECT setval('board_standing_sequence', (SELECT coalesce(max(sequence), 0) + 1 FROM entry))")
    op.create_table(
        "board_due",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
    )
    op.execute("""
        INSERT INTO board_due (programme_id, ambassador_id)
        SELECT programme_id, ambassador_id FROM balance
        WHERE period = 'all' AND programme_id IN (SELECT programme_id FROM board WHERE kept)
    """)


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    op.drop_table("member_team")
    op.execute("DROP SEQUENCE board_standing_sequence")
    for column in _added():
        op.drop_column("board", column.name)
    op.drop_column("evidence_share", "campaign_id")
    op.drop_index("member_by_team", "member")
    op.drop_index("member_by_programme_and_team", "member")
