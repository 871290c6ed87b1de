"""What each export holds; people and things by opaque ids only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import UUID

Export = Literal["measures", "interactions", "shares", "readings"]
Format = Literal["csv", "parquet"]
Kind = Literal["id", "text", "time", "number"]
Value = UUID | str | datetime | int | None
Row = Sequence[Value]

FIRST_TIME = datetime(1, 1, 2, tzinfo=UTC)
LAST_TIME = datetime(9999, 12, 30, tzinfo=UTC)
FIRST_ID = UUID(int=0)
# how a spreadsheet knows a formula (OWASP, CSV injection), also in the full-width signs of East Asian keyboards
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    kind: Kind


# the measure of a person's text (copied, parrot) is left out: signals about risk are of groups, not of people
COLUMNS: dict[Export, tuple[Column, ...]] = {
    "shares": (
        Column("share_id", "id"),
        Column("ambassador_id", "id"),
        Column("team_id", "id"),
        Column("item_id", "id"),
        Column("campaign_id", "id"),
        Column("network", "text"),
        Column("published_at", "time"),
        Column("words", "number"),
        Column("audience", "number"),
    ),
    "interactions": (
        Column("interaction_id", "id"),
        Column("share_id", "id"),
        Column("kind", "text"),
        Column("goal", "text"),
        Column("person", "text"),
        Column("colleague_id", "id"),
        Column("source", "text"),
        Column("provenance", "text"),
        Column("occurred_at", "time"),
        Column("asked_at", "time"),
        Column("withdrawn_at", "time"),
    ),
    "readings": (
        Column("share_id", "id"),
        Column("kind", "text"),
        Column("count", "number"),
        Column("provenance", "text"),
        Column("read_at", "time"),
    ),
    "measures": (
        Column("share_id", "id"),
        Column("published_at", "time"),
        Column("measure", "text"),
        Column("goal", "text"),
        Column("value", "number"),
        Column("measured", "number"),
        Column("imported", "number"),
        Column("declared", "number"),
        Column("people", "number"),
        Column("estimated", "number"),
        Column("oldest_report", "time"),
    ),
}


class SharePlace(NamedTuple):
    """A share in the order of a programme's shares."""

    published_at: datetime
    share_id: UUID


FIRST_PLACE = SharePlace(FIRST_TIME, FIRST_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of which programme: those whose time lies from `since` up to, not including, `until`."""

    programme_id: UUID
    export: Export
    since: datetime = FIRST_TIME
    until: datetime = LAST_TIME


def safe_text(value: str) -> str:
    """Return a text that a spreadsheet takes for a text, whatever a sender has put into it."""
    return f"'{value}" if value.startswith(FORMULA_SIGNS) else value
