"""Bodies of requests and answers about ambassadors."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import ONE_LINE
from services.sharing.ambassadors.tables import Ambassador

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class EnrolmentIn(BaseModel):
    """The caller joins and accepts the charter in the version that was shown."""

    model_config = ConfigDict(extra="forbid")

    display_name: Name
    team_id: UUID
    language: Language
    charter_version: Annotated[int, Field(ge=1, le=1_000_000)]


class AmbassadorOut(BaseModel):
    """An ambassador."""

    id: UUID
    programme_id: UUID
    team_id: UUID
    display_name: str
    language: str
    charter_version: int
    enrolled_at: AwareDatetime

    @classmethod
    def of(cls, row: Ambassador) -> "AmbassadorOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)
