"""The tables of imports: the file, its text in pieces, its refused rows, and mappings that a programme has saved."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.events.engagement import Provenance
from libs.storage.tables import TIMESTAMP
from services.engagement.imports.domain.presets import Preset
from services.engagement.imports.domain.states import State


class ImportFile(SQLModel, table=True):
    """One file and how far it has been read; `position` and `data_at` are bytes of its text in UTF-8."""

    __tablename__ = "import_file"

    import_id: UUID = Field(primary_key=True)
    programme_id: UUID
    name: str | None = None
    state: State = Field(sa_type=String)
    dry_run: bool
    preset: Preset | None = Field(default=None, sa_type=String)
    provenance: Provenance = Field(sa_type=String)
    plan: dict[str, Any] = Field(sa_type=JSONB)  # Any: JSON
    size: int = Field(default=0, sa_type=BigInteger)
    data_at: int = Field(sa_type=BigInteger)
    position: int = Field(sa_type=BigInteger)
    rows_done: int = 0
    rows_total: int | None = None
    valid: int = 0
    counts: int = 0
    refusals: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    unusable: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    sample: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)  # Any: JSON
    new: int = 0
    duplicates: int = 0
    conflicts: int = 0
    quarantined: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    uploaded_at: datetime = Field(sa_type=TIMESTAMP)
    began_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    worked_at: datetime = Field(sa_type=TIMESTAMP)
    finished_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class ImportChunk(SQLModel, table=True):
    """A piece of a file's text; all but the last are of one size."""

    __tablename__ = "import_chunk"

    import_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    body: bytes


class ImportRejected(SQLModel, table=True):
    """A row that was refused: its number, its cells, and what is wrong with them."""

    __tablename__ = "import_rejected"

    import_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    cells: list[str] = Field(sa_type=JSONB)
    errors: list[list[str]] = Field(sa_type=JSONB)


class ImportMapping(SQLModel, table=True):
    """How the columns of a programme's own files are called."""

    __tablename__ = "import_mapping"

    programme_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True)
    mapping: dict[str, Any] = Field(sa_type=JSONB)  # Any: JSON
    saved_at: datetime = Field(sa_type=TIMESTAMP)
