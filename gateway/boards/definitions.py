"""What boards are, as gamification has written it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

FIELDS = ("programme_id", "title", "time_zone", "first_day")
DEFAULTS = {
    "seasons": "",
    "metric": "points",
    "tie": "first",
    "anonymity": "name",
    "salt": "",
    "subject": "ambassador",
    "periods": "week,season,all",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a board is: whose, called what, the calendar of its periods, how equals rank and how people appear.

    `seasons` are those that were planned (see `libs.periods.planned_in`), `salt` is what pseudonyms are made with.
    `subject` is what a row is, `periods` are the kinds that can be read.
    """

    board_id: UUID
    programme_id: UUID
    title: str
    time_zone: str
    first_day: date
    seasons: str = ""
    metric: str = "points"
    tie: str = "first"
    anonymity: str = "name"
    salt: str = ""
    subject: str = "ambassador"
    periods: tuple[str, ...] = ("week", "season", "all")

    @classmethod
    def of(cls, board_id: UUID, found: Sequence[bytes | None]) -> "Definition | None":
        """Return what the fields, then those of DEFAULTS, say; None when one is missing that must be there."""
        texts = {name: value.decode() for name, value in zip((*FIELDS, *DEFAULTS), found, strict=True) if value}
        if not all(name in texts for name in FIELDS):
            return None
        given: Mapping[str, Any] = {**DEFAULTS, **texts}
        return cls(
            **{
                **given,
                "board_id": board_id,
                "programme_id": UUID(given["programme_id"]),
                "first_day": date.fromisoformat(given["first_day"]),
                "periods": tuple(given["periods"].split(",")),
            }
        )
