"""What is added to an address, so that the site's own statistics know where its visitors came from."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

NETWORK = "{network}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utm:
    """The parameters that a programme adds; none of them can name a person. `{network}` stands for the network."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None


def tagged(url: str, utm: Utm, network: str) -> str:
    """Return an address with these parameters; one that it has already stays as it is."""
    split = urlsplit(url)
    there = {name for name, _ in parse_qsl(split.query, keep_blank_values=True)}
    wanted = {"utm_source": utm.source, "utm_medium": utm.medium, "utm_campaign": utm.campaign}
    added = {
        name: value.replace(NETWORK, network)
        for name, value in wanted.items()
        if value is not None and name not in there
    }
    query = "&".join(part for part in (split.query, urlencode(added)) if part)
    return urlunsplit(split._replace(query=query))
