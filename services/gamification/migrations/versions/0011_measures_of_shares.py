"""What the touches on each share come to is held, and a person's touches are found with their clicks."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

SUMS = (
    *("outsiders_worth", "colleagues_worth", "nameless_worth", "outsiders", "colleagues", "nameless"),
    *("reactions", "comments", "reshares", "mentions", "checked", "reported", "visits"),
)
# a version that runs beside this one, or a person, writes evidence without measuring it: the measures are forgotten
FORGET = """
    CREATE FUNCTION forget_measures() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('timbre.measures', true) IS DISTINCT FROM 'kept' THEN
            DELETE FROM share_measure WHERE ambassador_id IN (SELECT ambassador_id FROM told);
            IF TG_TABLE_NAME = 'evidence_touch' THEN
                DELETE FROM share_measure WHERE ambassador_id IN (SELECT colleague_id FROM told);
            END IF;
        END IF;
        RETURN NULL;
    END $$
"""
TABLES = ("evidence_touch", "evidence_reading")
EVENTS = {"insert": "NEW", "delete": "OLD"}


def upgrade() -> None:
    op.create_table(
        "share_measure",
        sa.Column("share_id", sa.Uuid, primary_key=True),
        sa.Column("ambassador_id", sa.Uuid, nullable=False, index=True),
        sa.Column("rules_version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in SUMS),
        postgresql_with={"fillfactor": "80"},  # rewritten in place by most settlements
    )
    op.execute(FORGET)
    for table in TABLES:
        for event, rows in EVENTS.items():
            op.execute(f"""
                CREATE TRIGGER {table}_{event}_forgets_measures AFTER {event.upper()} ON {table}
                REFERENCING {rows} TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION forget_measures()
            """)
    op.create_index("evidence_touch_by_relation", "evidence_touch", ["ambassador_id", "person", "at"])
    op.drop_index("evidence_touch_by_person", "evidence_touch")


def downgrade() -> None:
    op.create_index(
        "evidence_touch_by_person",
        "evidence_touch",
        ["ambassador_id", "person", "at"],
        postgresql_where=sa.text("kind <> 'click'"),
    )
    op.drop_index("evidence_touch_by_relation", "evidence_touch")
    for table in TABLES:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER {table}_{event}_forgets_measures ON {table}")
    op.execute("DROP FUNCTION forget_measures()")
    op.drop_table("share_measure")
