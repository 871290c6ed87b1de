"""Seasons that are planned, shared ranks of frozen ones, reversals of corrections, and simulations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _calendar_and_rules()
    op.add_column("season", sa.Column("tie", sa.Text))
    op.add_column("season_standing", sa.Column("rank", sa.Integer))
    op.execute("""
        UPDATE season_standing AS held SET rank = ranked.rank FROM (
            SELECT programme_id, season, place,
                   rank() OVER (PARTITION BY programme_id, season ORDER BY milli_points DESC) AS rank
            FROM season_standing
        ) AS ranked
        WHERE (held.programme_id, held.season, held.place) = (ranked.programme_id, ranked.season, ranked.place)
    """)
    op.alter_column("season_standing", "rank", nullable=False)
    _simulations()


def _calendar_and_rules() -> None:
    op.create_table(
        "planned_season",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("first_monday", sa.Date, primary_key=True),
        sa.Column("weeks", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.add_column("rules_activation", sa.Column("reverses", sa.Integer))


def _simulations() -> None:
    op.create_table(
        "simulation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("season", sa.Text, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("ambassadors", sa.Integer, nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sa.Column("counted_to", sa.Uuid),
        sa.Column("finished_at", TIME),
        sa.Column("total_now", sa.BigInteger),
        sa.Column("total_then", sa.BigInteger),
        sa.Column("gini_now", sa.Double),
        sa.Column("gini_then", sa.Double),
        sa.Column("gaining", sa.Integer),
        sa.Column("losing", sa.Integer),
    )
    unfinished = sa.text("finished_at IS NULL")
    same = ["programme_id", "version", "season"]
    op.create_index("simulation_under_way", "simulation", same, unique=True, postgresql_where=unfinished)
    op.create_table(
        "simulated_outcome",
        sa.Column("simulation_id", sa.Uuid, sa.ForeignKey("simulation.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("now", sa.BigInteger, nullable=False),
        sa.Column("then", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Integer) for name in ("rank_now", "rank_then", "place")),
    )
    op.create_index("simulated_outcome_by_place", "simulated_outcome", ["simulation_id", "place"])


def downgrade() -> None:
    op.drop_table("simulated_outcome")
    op.drop_table("simulation")
    op.drop_column("season_standing", "rank")
    op.drop_column("season", "tie")
    op.drop_column("rules_activation", "reverses")
    op.drop_table("planned_season")
