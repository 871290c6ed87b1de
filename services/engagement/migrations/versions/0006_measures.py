"""Facts that measures divide and group by, media rates, and the ways from a share to what it drew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)
MONEY = sa.Numeric(12, 4)


def upgrade() -> None:
    _create_shares()
    _create_members_and_campaigns()
    op.create_table(
        "media_rate",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("network", sa.Text, primary_key=True),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("cpm", MONEY, nullable=False),
        sa.Column("cpc", MONEY, nullable=False),
        sa.Column("set_at", TIME, nullable=False),
    )
    # first hours, answers, conversions and exports of a share
    op.create_index("interaction_by_share", "interaction", ["share_id", "kind", "occurred_at"])
    # where a number comes from: most interactions are measured, and these are not looked at
    op.create_index(
        "interaction_not_measured",
        "interaction",
        ["share_id", "kind", "provenance"],
        postgresql_where=sa.text("provenance <> 'measured' AND colleague_id IS DISTINCT FROM ambassador_id"),
    )
    _create_latest_readings()


def _create_latest_readings() -> None:
    op.create_table(
        "reading_latest",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("estimated", sa.Boolean, primary_key=True),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.execute(
        """
        INSERT INTO reading_latest (share_id, kind, estimated, read_at, provenance, count)
        SELECT DISTINCT ON (share_id, kind, provenance = 'estimated')
               share_id, kind, provenance = 'estimated', read_at, provenance, count
        FROM reading
        ORDER BY share_id, kind, provenance = 'estimated', read_at DESC,
                 CASE provenance WHEN 'measured' THEN 0 WHEN 'imported' THEN 1 ELSE 2 END
        """
    )


def _create_shares() -> None:
    op.create_table(
        "measured_programme",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
    )
    op.create_table(
        "measured_share",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("campaign_id", sa.Uuid),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("copied", sa.Integer, nullable=False),
        sa.Column("parrot", sa.Integer, nullable=False),
        sa.Column("audience", sa.Integer),
    )
    op.create_index("measured_share_by_time", "measured_share", ["programme_id", "published_at", "share_id"])
    op.create_index("measured_share_by_author", "measured_share", ["ambassador_id", "published_at"])
    op.create_index("measured_share_by_campaign", "measured_share", ["campaign_id"])


def _create_members_and_campaigns() -> None:
    op.create_table(
        "measured_member",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
    )
    op.create_index("measured_member_by_day", "measured_member", ["programme_id", "enrolled_on"])
    op.create_table(
        "measured_campaign",
        sa.Column("campaign_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("kpi", sa.Text, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
    )
    op.create_index("measured_campaign_by_programme", "measured_campaign", ["programme_id"])


def downgrade() -> None:
    op.drop_index("interaction_not_measured", "interaction")
    op.drop_index("interaction_by_share", "interaction")
    for name in (
        "reading_latest",
        "media_rate",
        "measured_campaign",
        "measured_member",
        "measured_share",
        "measured_programme",
    ):
        op.drop_table(name)
