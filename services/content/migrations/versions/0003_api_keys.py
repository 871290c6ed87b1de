"""API keys and their secrets, of which only digests are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programme.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("lifetime_days", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("last_used_on", sa.Date),
    )
    op.create_index("api_key_by_programme", "api_key", ["programme_id", "id"])
    op.create_table(
        "api_key_secret",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key_id", sa.Uuid, sa.ForeignKey("api_key.id"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_index("api_key_secret_by_key", "api_key_secret", ["key_id", "id"])


def downgrade() -> None:
    op.drop_table("api_key_secret")
    op.drop_table("api_key")
