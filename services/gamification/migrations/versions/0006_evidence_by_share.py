"""Touches are found by share and by person, so that settling reads no more than a new fact can change."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("evidence_touch_by_share", "evidence_touch", ["share_id"])
    op.create_index(
        "evidence_touch_by_person",
        "evidence_touch",
        ["ambassador_id", "person", "at"],
        postgresql_where=sa.text("kind <> 'click'"),
    )
    op.create_index(
        "evidence_touch_by_pair",
        "evidence_touch",
        ["colleague_id", "ambassador_id", "at"],
        postgresql_where=sa.text("colleague_id IS NOT NULL"),
    )


def downgrade() -> None:
    for name in ("by_pair", "by_person", "by_share"):
        op.drop_index(f"evidence_touch_{name}", "evidence_touch")
