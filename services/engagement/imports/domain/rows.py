"""Rules of a row: which counts it says of which share, or all that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.events.engagement import Provenance
from libs.events.intake import AcceptedCount
from libs.problems import FieldError
from services.engagement.imports.domain.columns import COUNTS, Column, Constant
from services.engagement.imports.domain.text import UNREADABLE
from services.engagement.intake.domain import refused_moment
from services.engagement.snapshots.domain import MOST_COUNTED

ADDRESS = re.compile(r"[^\x00-\x20\x7f]{1,2048}")
BLANKS = " \u00a0\u202f"  # a thousands blank may be one that does not break


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the rows of one file are read. A time without an offset is in `time_zone`, none is after `uploaded_at`."""

    delimiter: str
    header: tuple[str, ...]
    places: Mapping[Column, int]
    constants: Mapping[Constant, str]
    date_format: str | None
    decimal: str
    thousands: str
    time_zone: str | None
    provenance: Provenance
    uploaded_at: str

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Plan":  # Any: JSON
        """Read one that was stored."""
        return cls(**{**stored, "header": tuple(stored["header"])})

    def stored(self) -> dict[str, Any]:  # Any: JSON
        """Return it as JSON."""
        return asdict(self)

    @cached_property
    def number(self) -> re.Pattern[str]:
        """The form of a whole number; groups of thousands are checked, so that 1,5 is not read as 15."""
        marks = "".join({re.escape(mark) for one in self.thousands for mark in (BLANKS if one == " " else one)})
        grouped = rf"|\d{{1,3}}(?:[{marks}]\d{{3}})+" if marks else ""
        return re.compile(rf"(\d{{1,20}}{grouped})(?:{re.escape(self.decimal)}0*)?", re.ASCII)

    @cached_property
    def now(self) -> datetime:
        """The time at which nothing can have been read yet that is said to be read later."""
        return datetime.fromisoformat(self.uploaded_at)

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without an offset."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


def read_row(cells: Sequence[str], plan: Plan, *, number: int) -> list[AcceptedCount] | list[FieldError]:
    """Return the counts of a row, at least one, or all that is wrong with it."""
    if len(cells) != len(plan.header):
        return [FieldError("row", "has another number of cells than the header")]
    said: dict[str, str] = {column: cells[place].strip() for column, place in plan.places.items()}
    said.update(plan.constants.items())
    faults = [FieldError(column, "holds signs that cannot be read") for column in said if UNREADABLE in said[column]]
    if faults:
        return faults
    share_id = _uuid(said.get("share_id"), faults)
    post_url = _address(said.get("post_url"), faults)
    if not faults and share_id is None and post_url is None:
        faults.append(FieldError("share_id", "the row names no share"))
    # the one time of a whole file is said in the request, and so in ISO 8601
    read_at = _time(said["read_at"], plan, plan.date_format if "read_at" in plan.places else None, faults)
    counts = _counts(said, plan, faults)
    if faults or read_at is None:
        return faults
    named = {"share_id": share_id, "post_url": None if share_id else post_url}  # of both, the id is the safer one
    common = {**named, "read_at": read_at, "provenance": plan.provenance, "place": number}
    return [AcceptedCount.model_validate({**common, "kind": kind, "count": count}) for kind, count in counts.items()]


def _uuid(cell: str | None, faults: list[FieldError]) -> UUID | None:
    try:
        return UUID(cell) if cell else None
    except ValueError:
        faults.append(FieldError("share_id", "is no UUID"))
        return None


def _address(cell: str | None, faults: list[FieldError]) -> str | None:
    if cell and not ADDRESS.fullmatch(cell):
        faults.append(FieldError("post_url", "is no address"))
    return cell or None


def _time(cell: str, plan: Plan, form: str | None, faults: list[FieldError]) -> datetime | None:
    try:
        at = datetime.strptime(cell, form) if form else datetime.fromisoformat(cell)  # noqa: DTZ007 - the zone follows
        if at.tzinfo is None:
            at = at.replace(tzinfo=plan.zone)
        if at.tzinfo is not None:
            return _past(at.astimezone(UTC), plan, faults)
    except (ValueError, OverflowError):
        pass
    wanted = f"of the form {form}" if form else "such as 2026-11-18T09:30:00+01:00"
    faults.append(FieldError("read_at", f"must be a time {wanted}"))
    return None


def _past(at: datetime, plan: Plan, faults: list[FieldError]) -> datetime:
    if reason := refused_moment(at, now=plan.now):
        faults.append(FieldError("read_at", reason))
    return at


def _counts(said: Mapping[str, str], plan: Plan, faults: list[FieldError]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for column, kind in COUNTS.items():
        cell = said.get(column, "")
        if not cell:
            continue  # not known, which is not zero
        found = plan.number.fullmatch(cell)
        count = int(re.sub(r"\D", "", found[1])) if found else -1
        if 0 <= count <= MOST_COUNTED:
            counts[kind] = count
        else:
            faults.append(FieldError(column, f"must be a whole number from 0 to {MOST_COUNTED:,}".replace(",", " ")))
    if not counts and not faults:
        faults.append(FieldError("row", "has no count"))
    return counts
