"""Bodies of requests and answers about teams."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from libs.web.texts import ONE_LINE
from services.sharing.teams.tables import Team

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]


class TeamIn(BaseModel):
    """A new team."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class TeamOut(BaseModel):
    """A team."""

    id: UUID
    programme_id: UUID
    name: str
    created_at: AwareDatetime

    @classmethod
    def of(cls, row: Team) -> "TeamOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)
