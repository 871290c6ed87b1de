"""Conversations, filled from the interactions that are there; ambassadors' subject keys; reminder plans."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)
ANSWERED = "answered_at IS NOT NULL"
DISMISSED = "dismissed_at IS NOT NULL"
WAITING = "answered_at IS NULL AND dismissed_at IS NULL"
LIST = ["ambassador_id", "asked_at", "interaction_id"]


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("interaction_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("colleague_id", sa.Uuid),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("dismissed_at", TIME),
        sa.Column("told_at", TIME),
    )
    op.execute("""
        INSERT INTO conversation
            (interaction_id, programme_id, ambassador_id, share_id, person, colleague_id, asked_at, answered_at)
        SELECT c.interaction_id, c.programme_id, c.ambassador_id, c.share_id, c.person, c.colleague_id, c.occurred_at,
               r.first_at
        FROM interaction c
        LEFT JOIN (
            SELECT programme_id, source, answers AS external_id, share_id, min(occurred_at) AS first_at
            FROM interaction WHERE kind = 'reply' GROUP BY 1, 2, 3, 4
        ) r USING (programme_id, source, external_id, share_id)
        WHERE c.kind = 'comment' AND c.colleague_id IS DISTINCT FROM c.ambassador_id
    """)
    op.create_index("conversation_waiting", "conversation", LIST, postgresql_where=sa.text(WAITING))
    op.create_index("conversation_answered", "conversation", LIST, postgresql_where=sa.text(ANSWERED))
    op.create_index("conversation_dismissed", "conversation", LIST, postgresql_where=sa.text(DISMISSED))
    op.create_index("conversation_by_person", "conversation", ["ambassador_id", "person", "asked_at"])
    op.create_index("conversation_by_time", "conversation", ["programme_id", "asked_at"])
    untold = sa.text(f"{WAITING} AND told_at IS NULL")
    op.create_index("conversation_untold", "conversation", ["programme_id", "asked_at"], postgresql_where=untold)
    op.create_table(
        "engagement_ambassador",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
    )
    op.create_index("engagement_ambassador_of", "engagement_ambassador", ["subject_key"])
    op.create_table(
        "reminder_plan",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("after_hours", sa.Integer),
        sa.Column("quiet_from", sa.Time, nullable=False),
        sa.Column("quiet_until", sa.Time, nullable=False),
        sa.Column("set_at", TIME, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reminder_plan")
    op.drop_table("engagement_ambassador")
    op.drop_table("conversation")
