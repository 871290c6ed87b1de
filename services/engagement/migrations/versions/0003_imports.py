"""Imports with their chunks, refused rows and mappings; readings that contradict."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)
WORKED = sa.text("state IN ('uploaded', 'applying')")


def upgrade() -> None:
    op.create_table(
        "reading_conflict",
        sa.Column("share_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("share_id", "kind", "read_at", "provenance", "count"),
    )
    _create_files()
    op.create_table(
        "import_chunk",
        sa.Column("import_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "import_rejected",
        sa.Column("import_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cells", JSONB, nullable=False),
        sa.Column("errors", JSONB, nullable=False),
    )
    op.create_table(
        "import_mapping",
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "name"),
    )


def _create_files() -> None:
    op.create_table(
        "import_file",
        sa.Column("import_id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("preset", sa.Text),
        sa.Column("provenance", sa.Text, nullable=False),
        sa.Column("plan", JSONB, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("data_at", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("rows_done", sa.Integer, nullable=False),
        sa.Column("rows_total", sa.Integer),
        sa.Column("valid", sa.Integer, nullable=False),
        sa.Column("counts", sa.Integer, nullable=False),
        sa.Column("refusals", JSONB, nullable=False),
        sa.Column("unusable", JSONB, nullable=False),
        sa.Column("sample", JSONB, nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("conflicts", sa.Integer, nullable=False),
        sa.Column("quarantined", JSONB, nullable=False),
        sa.Column("uploaded_at", TIME, nullable=False),
        sa.Column("began_at", TIME),
        sa.Column("worked_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
    )
    op.create_index("import_file_listed", "import_file", ["programme_id", "import_id"])
    op.create_index("import_file_worked", "import_file", ["worked_at"], postgresql_where=WORKED)
    op.create_index("import_file_by_state", "import_file", ["state", "worked_at"])


def downgrade() -> None:
    for name in ("import_mapping", "import_rejected", "import_chunk", "import_file", "reading_conflict"):
        op.drop_table(name)
