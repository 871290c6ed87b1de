"""Bodies of requests and answers about cohorts."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import ONE_LINE
from services.sharing.cohorts.tables import Cohort


def _distinct(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("must not name an ambassador twice")
    return ids


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
# small enough that everybody speaks, large enough that one who is away does not end it
Members = Annotated[list[UUID], Field(min_length=4, max_length=8), AfterValidator(_distinct)]


class MembersIn(BaseModel):
    """All members of a cohort, in place of those before."""

    model_config = ConfigDict(extra="forbid")

    ambassador_ids: Members


class CohortIn(MembersIn):
    """A new cohort."""

    name: Name


class CohortOut(BaseModel):
    """A cohort with its members, by id."""

    id: UUID
    programme_id: UUID
    name: str
    ambassador_ids: list[UUID]
    version: int
    formed_at: AwareDatetime
    changed_at: AwareDatetime

    @classmethod
    def of(cls, found: tuple[Cohort, Sequence[UUID]]) -> "CohortOut":
        """Shape a cohort and its members."""
        row, members = found
        return cls.model_validate({**row.model_dump(), "ambassador_ids": members})
