"""Bodies of requests and answers about imports."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from libs.events.engagement import Provenance
from libs.events.intake import ReadKind
from libs.web.texts import PRINTED
from services.engagement.imports.domain.columns import Column, Constant
from services.engagement.imports.domain.presets import Preset
from services.engagement.imports.domain.states import State
from services.engagement.imports.tables import ImportFile, ImportMapping

DIRECTIVE = re.compile(r"%(.?)")
DIRECTIVES = frozenset("YmdHMSfpIybBzjT%")
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTED)]


class MappingBody(BaseModel):
    """How the columns of a file are called, and how its cells are written."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[Column, Name] = Field(default={}, description="Our column to the file's.")
    constants: dict[Constant, Name] = Field(default={}, description="What holds for every row of the file.")
    date_format: Annotated[str | None, Field(max_length=64, description="As strptime has it; ISO 8601 else.")] = None
    decimal: Literal[".", ","] = "."
    thousands: Annotated[
        Literal["", ",", ".", " ", "'"] | None, Field(description="Blank or comma for a preset, none else.")
    ] = None
    delimiter: Annotated[Literal[",", ";", "\t"] | None, Field(description="Found by itself when it is null.")] = None

    @field_validator("date_format")
    @classmethod
    def _readable(cls, form: str | None) -> str | None:
        if form is not None:
            given = DIRECTIVE.findall(form)
            if unknown := set(given) - DIRECTIVES:
                raise ValueError(f"unknown directive %{min(unknown)}")
            if not {"Y", "y"} & set(given) or not {"m", "b", "B"} & set(given) or "d" not in given:
                raise ValueError("must hold year, month and day, such as %d/%m/%Y %H:%M")
            sample = datetime(2026, 1, 2, tzinfo=UTC)
            try:
                datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 - only whether it can be read
            except (ValueError, re.error) as error:
                raise ValueError("cannot be read back; say each part once") from error
        return form

    @field_validator("constants")
    @classmethod
    def _valid(cls, constants: dict[Constant, str]) -> dict[Constant, str]:
        if "share_id" in constants:
            UUID(constants["share_id"])
        if "read_at" in constants and datetime.fromisoformat(constants["read_at"]).tzinfo is None:
            raise ValueError("read_at needs an offset, such as 2026-11-18T09:30:00+01:00")
        return constants

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must differ")
        return self


class MappingOut(BaseModel):
    """A saved mapping."""

    name: str
    columns: dict[Column, str]
    constants: dict[Constant, str]
    date_format: str | None
    decimal: str
    thousands: str | None
    delimiter: str | None
    saved_at: AwareDatetime

    @classmethod
    def of(cls, row: ImportMapping) -> "MappingOut":
        """Shape a mapping."""
        return cls(name=row.name, saved_at=row.saved_at, **row.mapping)


class ProgressOut(BaseModel):
    """How far the file is read: once to check, once more to apply. `rows_total` is null until it was read once."""

    rows_done: int
    rows_total: int | None
    percent: int
    seconds: float


class RefusalsOut(BaseModel):
    """How many rows have one fault."""

    field: str
    reason: str
    rows: int


class UnusableOut(BaseModel):
    """How many counts cannot be used, or not yet, and why; they go to the quarantine."""

    reason: str
    counts: int


class SampleOut(BaseModel):
    """A row as it was understood; numbers of rows begin with 1 below the header."""

    row: int
    share_id: UUID | None
    post_url: str | None
    read_at: AwareDatetime
    counts: dict[ReadKind, int]


class CheckOut(BaseModel):
    """What reading the file has found so far; nothing of it is applied by that."""

    rows: int
    valid: int
    rejected: int
    counts: int
    refusals: list[RefusalsOut]
    unusable: list[UnusableOut]
    sample: list[SampleOut]


class ResultOut(BaseModel):
    """What became of the counts so far; of the `duplicates`, the `conflicts` said another count."""

    new: int
    duplicates: int
    conflicts: int
    quarantined: list[UnusableOut]


class ImportOut(BaseModel):
    """One import; `import_id` is also the id of its receipt."""

    import_id: UUID
    programme_id: UUID
    name: str | None
    state: State
    dry_run: bool
    preset: Preset | None
    provenance: Provenance
    columns: dict[Column, str]
    uploaded_at: AwareDatetime
    finished_at: AwareDatetime | None
    progress: ProgressOut
    check: CheckOut
    result: ResultOut

    @classmethod
    def of(cls, file: ImportFile, *, now: datetime) -> "ImportOut":
        """Shape an import."""
        header: Sequence[str] = file.plan["header"]
        return cls(
            import_id=file.import_id,
            programme_id=file.programme_id,
            name=file.name,
            state=file.state,
            dry_run=file.dry_run,
            preset=file.preset,
            provenance=file.provenance,
            columns={column: header[place] for column, place in file.plan["places"].items()},
            uploaded_at=file.uploaded_at,
            finished_at=file.finished_at,
            progress=_progress(file, now=now),
            check=_check(file),
            result=_result(file),
        )


def _progress(file: ImportFile, *, now: datetime) -> ProgressOut:
    size = file.size - file.data_at
    done = 100 if file.state in {"checked", "applied"} or size <= 0 else 100 * (file.position - file.data_at) // size
    ended = file.finished_at or (file.worked_at if file.state == "checked" else now)
    seconds = (ended - file.began_at).total_seconds() if file.began_at else 0.0
    return ProgressOut(
        rows_done=file.rows_done, rows_total=file.rows_total, percent=done, seconds=round(max(seconds, 0.0), 3)
    )


def _check(file: ImportFile) -> CheckOut:
    rows = file.rows_done if file.rows_total is None else file.rows_total
    refusals = []
    for said, number in sorted(file.refusals.items(), key=lambda found: (-found[1], found[0])):
        name, _, reason = said.partition("\n")
        refusals.append(RefusalsOut(field=name, reason=reason, rows=number))
    return CheckOut(
        rows=rows,
        valid=file.valid,
        rejected=rows - file.valid,
        counts=file.counts,
        refusals=refusals,
        unusable=_unusable(file.unusable),
        sample=[SampleOut.model_validate(row) for row in file.sample],
    )


def _result(file: ImportFile) -> ResultOut:
    return ResultOut(
        new=file.new,
        duplicates=file.duplicates,
        conflicts=file.conflicts,
        quarantined=_unusable(file.quarantined),
    )


def _unusable(reasons: dict[str, int]) -> list[UnusableOut]:
    return [UnusableOut(reason=reason, counts=number) for reason, number in sorted(reasons.items())]
