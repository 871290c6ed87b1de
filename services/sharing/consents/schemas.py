"""Bodies of requests and answers about consents."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.events.sharing import Mode, Network
from libs.web.texts import ONE_LINE
from services.sharing.ambassadors.schemas import AmbassadorOut
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.consents.tables import Consent

Handle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256, pattern=ONE_LINE)]


class ConsentIn(BaseModel):
    """What the ambassador allows; it replaces the consent before as a whole."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    handle: Handle | None = Field(default=None, description="Own name on the network; only its keyed hash is kept.")
    audience: int | None = Field(default=None, ge=0, le=1_000_000_000, description="Own contacts on the network.")


class ConsentOut(BaseModel):
    """A consent in force; the handle itself is not kept."""

    network: Network
    mode: Mode
    has_handle: bool
    audience: int | None
    given_at: AwareDatetime

    @classmethod
    def of(cls, row: Consent) -> "ConsentOut":
        """Shape a row."""
        return cls.model_validate({**row.model_dump(), "has_handle": row.person_key is not None})


class MembershipOut(AmbassadorOut):
    """An ambassador that the caller is, with the consents in force."""

    consents: list[ConsentOut]

    @classmethod
    def with_consents(cls, row: Ambassador, consents: Sequence[Consent]) -> "MembershipOut":
        """Shape an ambassador and their consents."""
        return cls(**AmbassadorOut.of(row).model_dump(), consents=[ConsentOut.of(consent) for consent in consents])


class MeOut(BaseModel):
    """What the caller takes part in."""

    ambassadors: list[MembershipOut]
