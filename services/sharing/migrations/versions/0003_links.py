"""Tracked links, their clicks, where authors came from, and what a programme allows links to lead to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sharing_item", sa.Column("url", sa.Text))
    op.create_table(
        "link_settings",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("hosts", JSONB, nullable=False),
        sa.Column("plain_http", sa.Boolean, nullable=False),
        sa.Column("utm", JSONB, nullable=False),
    )
    _create_links()
    _create_clicks()


def _create_links() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("ambassador.id"), nullable=False),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("sharing_item.id")),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("share_id", sa.Uuid, sa.ForeignKey("share.id"), unique=True),
        sa.Column("posted_at", TIME),
        sa.Column("disabled_at", TIME),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
    )
    op.create_index("link_by_ambassador", "link", ["ambassador_id", "id"])
    # one link waits for a share of the same thing on the same network: asking again gives the same one
    op.create_index(
        "link_waiting",
        "link",
        ["ambassador_id", "network", "item_id", sa.text("md5(target)")],
        unique=True,
        postgresql_where=sa.text("share_id IS NULL AND disabled_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("link_unshown", "link", ["id"], postgresql_where=sa.text("shown < version"))


def _create_clicks() -> None:
    op.create_table(
        "click",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("link_id", sa.Uuid, sa.ForeignKey("link.id"), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("visitor", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("prefetch", sa.Boolean, nullable=False),
        sa.Column("verdict", sa.Text),
    )
    op.create_index("click_by_link", "click", ["link_id", "verdict"])
    op.create_index("click_by_time", "click", ["seen_at"])
    # a visitor's key holds the network and the day, so this is the rule `same-visitor`, whoever judges at once
    op.create_index(
        "click_valid",
        "click",
        ["link_id", "network", "visitor"],
        unique=True,
        postgresql_where=sa.text("verdict = 'valid'"),
    )
    op.create_table(
        "author_visitor",
        sa.Column("ambassador_id", sa.Uuid, sa.ForeignKey("ambassador.id"), primary_key=True),
        sa.Column("visitor", sa.Text, primary_key=True),
        sa.Column("noted_at", TIME, nullable=False, index=True),
    )


def downgrade() -> None:
    for name in ("author_visitor", "click", "link", "link_settings"):
        op.drop_table(name)
    op.drop_column("sharing_item", "url")
