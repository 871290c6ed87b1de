"""Deliveries of networks, keys of conversions, and addresses of posts by the networks' ids."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
# what `shares.domain.address_of` makes of the commonest addresses; a pattern, and what it becomes
POSTS = (
    (
        r"^https?://(www\.)?linkedin\.com/(.*urn:li:|posts/.*-)(activity|share|ugcPost)[:-](\d+).*$",
        r"https://www.linkedin.com/feed/update/urn:li:\3:\4",
    ),
    (r"^https?://((www|mobile)\.)?(x|twitter)\.com/.+/status(es)?/(\d+).*$", r"https://x.com/i/status/\5"),
    (r"^https?://((www|m|web)\.)?facebook\.com/(.+/)?posts/(\d+).*$", r"https://www.facebook.com/\4"),
)


def upgrade() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("network", "digest"),
    )
    op.create_index("webhook_delivery_by_time", "webhook_delivery", ["received_at"])
    op.create_table(
        "post_alias",
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("same_as", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("address", "same_as"),
    )
    op.create_index("post_alias_by_post", "post_alias", ["same_as"])
    op.create_table(
        "conversion_key",
        sa.Column("key_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("revoked_at", TIME),
    )
    op.create_index("conversion_key_of_programme", "conversion_key", ["programme_id", "key_id"])
    for pattern, post in POSTS:
        for table, column in (("engagement_share", "post_url"), ("quarantined", "address")):
            rewritten = sa.text(
                f"UPDATE {table} SET {column} = regexp_replace({column}, :pattern, :post, 'i') "  # noqa: S608 - constants
                f"WHERE {column} ~* :pattern"
            )
            op.execute(rewritten.bindparams(pattern=pattern, post=post))


def downgrade() -> None:
    for name in ("conversion_key", "post_alias", "webhook_delivery"):
        op.drop_table(name)
