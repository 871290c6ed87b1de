"""A touch of a colleague is found by the pair, which begins with the colleague: one index less to write."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("evidence_touch_by_colleague", "evidence_touch")


def downgrade() -> None:
    op.create_index(
        "evidence_touch_by_colleague",
        "evidence_touch",
        ["colleague_id", "at"],
        postgresql_where=sa.text("colleague_id IS NOT NULL"),
    )
