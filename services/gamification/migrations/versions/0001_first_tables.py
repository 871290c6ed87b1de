"""Members, rules, evidence, the ledger and boards."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.storage.migrate import create_shared_tables, drop_shared_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
# entries are immutable: a correction is another entry
GUARD = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an entry of the ledger is never changed or deleted'; END $$
    """,
    """
    CREATE TRIGGER entry_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def _members() -> None:
    op.create_table(
        "member_programme",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False, index=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
    )
    op.create_table(
        "rules",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("activated_at", TIME, nullable=False),
    )
    op.create_table(
        "board",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("metric", sa.Text, nullable=False),
    )


def _evidence() -> None:
    op.create_table(
        "evidence_share",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("words", "copied", "parrot", "self_repeats")),
        sa.Column("audience", sa.Integer),
    )
    op.create_index("evidence_share_by_author", "evidence_share", ["ambassador_id", "published_at"])
    op.create_index("evidence_share_by_programme", "evidence_share", ["programme_id", "ambassador_id"])
    tables: dict[str, list[tuple[str, Any, bool]]] = {
        "evidence_touch": [("person", sa.Text, False), ("colleague_id", sa.Uuid, True), ("kind", sa.Text, False)],
        "evidence_answer": [
            ("person", sa.Text, False),
            ("colleague_id", sa.Uuid, True),
            ("asked_at", TIME, False),
            ("words", sa.Integer, False),
            ("text_key", sa.Text, False),
        ],
        "evidence_conversion": [("visitor", sa.Text, False)],
    }
    for name, columns in tables.items():
        op.create_table(
            name,
            sa.Column("interaction_id", sa.Uuid, primary_key=True),
            sa.Column("share_id", sa.Uuid, nullable=False),
            sa.Column("ambassador_id", sa.Uuid, nullable=False),
            *(sa.Column(column, kind, nullable=nullable) for column, kind, nullable in columns),
            sa.Column("at", TIME, nullable=False),
        )
        op.create_index(f"{name}_by_author", name, ["ambassador_id", "at"])
    op.create_index(
        "evidence_touch_by_colleague",
        "evidence_touch",
        ["colleague_id", "at"],
        postgresql_where=sa.text("colleague_id IS NOT NULL"),
    )
    op.create_index("evidence_conversion_by_visitor", "evidence_conversion", ["share_id", "visitor", "at"])
    op.create_index("evidence_answer_by_text", "evidence_answer", ["ambassador_id", "text_key", "at"])
    op.create_table(
        "evidence_reading",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("at", TIME, primary_key=True),
        sa.Column("provenance", sa.Text, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )


def _ledger() -> None:
    op.create_table("account", sa.Column("ambassador_id", sa.Uuid, primary_key=True))
    op.create_table(
        "line",
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("week", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("milli_points", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("entry_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("ambassador_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("week", "season", "kind")),
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Integer, nullable=False),
        sa.Column("before", sa.BigInteger, nullable=False),
        sa.Column("after", sa.BigInteger, nullable=False),
        sa.Column("factors", JSONB, nullable=False),
        sa.Column("booked_at", TIME, nullable=False),
    )
    op.create_index("entry_by_ambassador", "entry", ["ambassador_id", "sequence"])
    for statement in GUARD:
        op.execute(statement)
    op.create_table(
        "balance",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, primary_key=True),
        sa.Column("milli_points", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        # every award rewrites its rows in place; no index may hold the points, or none of these updates would be HOT
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("balance_by_ambassador", "balance", ["ambassador_id", "period"])


def upgrade() -> None:
    create_shared_tables()
    _members()
    _evidence()
    _ledger()


TABLES = (
    "balance",
    "entry",
    "line",
    "account",
    "evidence_reading",
    "evidence_conversion",
    "evidence_answer",
    "evidence_touch",
    "evidence_share",
    "board",
    "rules",
    "member",
    "member_programme",
)


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    op.execute("DROP FUNCTION refuse_change()")
    drop_shared_tables()
