"""Bodies of requests and answers about programmes."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import ONE_LINE, PROSE
from services.content.programmes.tables import Programme

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone of the IANA database, such as Europe/Paris")
    return name


class ProgrammeIn(BaseModel):
    """A new programme."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    first_day: date = Field(description="Day that opens the first season.")
    charter_text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=PROSE)
    ]


class ProgrammeOut(BaseModel):
    """A programme."""

    id: UUID
    name: str
    time_zone: str
    first_day: date
    charter_version: int
    charter_text: str
    created_at: AwareDatetime

    @classmethod
    def of(cls, row: Programme) -> "ProgrammeOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)
