"""Bodies of requests and answers about links."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.events.sharing import Network
from libs.web.texts import ONE_LINE
from services.sharing.links.tables import Link, LinkSettings

Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2048, pattern=ONE_LINE)]
Host = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=ONE_LINE)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)]


class LinkIn(BaseModel):
    """What the caller is about to post: the item, or an address on a host that the programme allows."""

    model_config = ConfigDict(extra="forbid")

    programme_id: UUID
    network: Network
    item_id: UUID | None = None
    url: Address | None = Field(default=None, description="Where it leads, unless to the item's own address.")


class LinkOut(BaseModel):
    """A tracked link; `url` is what goes into the post."""

    id: UUID
    programme_id: UUID
    ambassador_id: UUID
    item_id: UUID | None
    network: Network
    url: str
    target: str
    share_id: UUID | None = Field(description="The share that it is in; its clicks count once there is one.")
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None

    @classmethod
    def of(cls, row: Link, gateway_url: str) -> "LinkOut":
        """Shape a row; links begin with the gateway's public address."""
        return cls.model_validate({**row.model_dump(), "url": f"{gateway_url.rstrip('/')}/l/{row.code}"})


class UtmIn(BaseModel):
    """What is added to the address of a link where it is not there yet; `{network}` becomes the network."""

    model_config = ConfigDict(extra="forbid")

    source: Tag | None = None
    medium: Tag | None = None
    campaign: Tag | None = None


class LinkSettingsIn(BaseModel):
    """Where the next links of a programme may lead; replaces what was said before as a whole."""

    model_config = ConfigDict(extra="forbid")

    hosts: Annotated[list[Host], Field(max_length=200)] = Field(
        description="Hosts that ambassadors may link to themselves: `example.org`, or `*.example.org` for all below it."
    )
    plain_http: bool = Field(default=False, description="Allow `http://` as well.")
    utm: UtmIn = Field(default_factory=UtmIn)

    def row(self, programme_id: UUID) -> LinkSettings:
        """Return the settings of a programme."""
        return LinkSettings(programme_id=programme_id, **self.model_dump())


class UtmOut(BaseModel):
    """What is added to the address of a link."""

    source: str | None
    medium: str | None
    campaign: str | None


class LinkSettingsOut(BaseModel):
    """Where the links of a programme may lead, beside the addresses of its items."""

    hosts: list[str]
    plain_http: bool
    utm: UtmOut

    @classmethod
    def of(cls, row: LinkSettings) -> "LinkSettingsOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)
