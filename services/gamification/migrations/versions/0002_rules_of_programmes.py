"""Rules belong to a programme, begin as drafts, and their activations are kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)
PRODUCT = "00000000-0000-0000-0000-000000000000"
GUARD = (
    """
    CREATE FUNCTION refuse_rules_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an activated version of the rules is never changed or deleted'; END $$
    """,
    """
    CREATE TRIGGER rules_are_immutable BEFORE UPDATE OR DELETE ON rules
    FOR EACH ROW WHEN (OLD.activated_at IS NOT NULL) EXECUTE FUNCTION refuse_rules_change()
    """,
    """
    CREATE TRIGGER rules_are_kept BEFORE TRUNCATE ON rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rules_change()
    """,
)


def upgrade() -> None:
    # the defaults let a process of the release before insert its first version while this one is rolled out
    op.add_column("rules", sa.Column("programme_id", sa.Uuid, nullable=False, server_default=PRODUCT))
    op.add_column("rules", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.alter_column("rules", "activated_at", nullable=True)
    op.drop_constraint("rules_pkey", "rules")
    op.create_primary_key("rules_pkey", "rules", ["programme_id", "version"])
    for statement in GUARD:
        op.execute(statement)
    op.create_table(
        "rules_activation",
        sa.Column("programme_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("season", sa.Text),
        sa.Column("first_monday", sa.Date, nullable=False),
        sa.Column("last_monday", sa.Date),
        sa.Column("activated_at", TIME, nullable=False),
        sa.Column("booked_to", sa.Uuid),
        sa.Column("finished_at", TIME),
    )
    op.create_index(
        "rules_activation_unfinished",
        "rules_activation",
        ["activated_at"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("rules_activation")
    op.execute("DROP TRIGGER rules_are_kept ON rules")
    op.execute("DROP TRIGGER rules_are_immutable ON rules")
    op.execute("DROP FUNCTION refuse_rules_change()")
    op.execute(f"DELETE FROM rules WHERE programme_id <> '{PRODUCT}'")  # noqa: S608 - a constant of this file
    op.drop_constraint("rules_pkey", "rules")
    op.create_primary_key("rules_pkey", "rules", ["version"])
    op.alter_column("rules", "activated_at", nullable=False)
    op.drop_column("rules", "note")
    op.drop_column("rules", "programme_id")
