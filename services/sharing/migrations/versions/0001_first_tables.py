"""What content told, teams, ambassadors, consents and shares."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_shared_tables()
    _create_programmes()
    _create_people()
    _create_shares()


def _create_programmes() -> None:
    op.create_table(
        "sharing_programme",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("charter_version", sa.Integer, nullable=False),
    )
    op.create_table(
        # no foreign key to the programme: its event may arrive later
        "sharing_item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("campaign_id", sa.Uuid, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
    )
    op.create_table(
        "sharing_caption",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("sharing_item.id"), nullable=False),
        sa.Column("network", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("sharing_caption_by_item", "sharing_caption", ["item_id", "id"])


def _create_people() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_index("team_by_programme", "team", ["programme_id", "id"])
    op.create_table(
        "ambassador",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("team.id"), nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("charter_version", sa.Integer, nullable=False),
        sa.Column("enrolled_at", TIME, nullable=False),
        sa.UniqueConstraint("subject_key", "programme_id"),  # also finds all ambassadors of a subject
    )
    op.create_index("ambassador_by_programme", "ambassador", ["programme_id", "id"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("ambassador.id"), nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("person_key", sa.Text),
        sa.Column("audience", sa.Integer),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
    )
    op.create_index(
        "consent_in_force",
        "consent",
        ["ambassador_id", "network"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_shares() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("ambassador.id"), nullable=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("sharing_item.id")),
        sa.Column("campaign_id", sa.Uuid),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("post_url", sa.Text),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("audience", sa.Integer),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("copied", sa.Integer, nullable=False),
        sa.Column("passages", JSONB, nullable=False),
        sa.Column("caption_id", sa.Uuid, sa.ForeignKey("sharing_caption.id")),
        sa.Column("parrot", sa.Integer, nullable=False),
        sa.Column("colleagues", sa.Integer, nullable=False),
        sa.Column("compared", sa.Integer, nullable=False),
        sa.Column("self_repeats", sa.Integer, nullable=False),
        sa.Column("measure_version", sa.Integer, nullable=False),
        sa.UniqueConstraint("programme_id", "post_url"),
    )
    op.create_index("share_by_item", "share", ["programme_id", "item_id", "published_at", "id"])
    op.create_index("share_by_ambassador", "share", ["ambassador_id", "published_at", "id"])


def downgrade() -> None:
    for name in ("share", "consent", "ambassador", "team", "sharing_caption", "sharing_item", "sharing_programme"):
        op.drop_table(name)
    drop_shared_tables()
