"""The address of an endpoint as its owner writes it, taken apart once and strictly.

Nothing else parses it: where two parsers differ, one checks a host and the other connects to another.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

from gateway.webhooks.endpoints.addresses import Rules

MOST = 2048
URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
PORTS = {"https": 443, "http": 80}


class WrongUrl(ValueError):  # noqa: N818 - says what is wrong
    """An address that cannot be an endpoint's; the message is the end of a sentence that begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to post: `host` without brackets, `target` the path and the query."""

    encrypted: bool
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.encrypted else "http"] else f"{host}:{self.port}"


def endpoint_of(url: str, rules: Rules) -> Endpoint:
    """Take an address apart. Raises WrongUrl; whether it may be spoken to is known only once it is resolved."""
    if len(url) > MOST:
        raise WrongUrl(f"must have {MOST} characters at most")
    if "@" in url.partition("://")[2].partition("/")[0].partition("?")[0]:
        raise WrongUrl("must have no user or password in it")
    if "#" in url:
        raise WrongUrl("must have no fragment")
    match = URL.fullmatch(url)
    if match is None:
        raise WrongUrl("must be an https address in ASCII, such as https://hooks.example.org/timbre")
    encrypted, host = match["scheme"] == "https", match["host"].lower()
    port = int(match["port"] or PORTS[match["scheme"]])
    _check(host, port, encrypted=encrypted, rules=rules)
    target = match["target"] or "/"
    return Endpoint(
        encrypted=encrypted, host=host.strip("[]"), port=port, target=target if target[0] == "/" else f"/{target}"
    )


def _check(host: str, port: int, *, encrypted: bool, rules: Rules) -> None:
    # a network that the operator allows may be anywhere, so what is certain is said at the connection
    if not encrypted and not rules.networks:
        raise WrongUrl("must begin with https://")
    if port not in rules.ports and not rules.networks:
        raise WrongUrl(f"must have the port {' or '.join(map(str, sorted(rules.ports)))}")
    if not 0 < port < 65536:
        raise WrongUrl("must have a port")
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except AddressValueError as error:
            raise WrongUrl("must have an IPv6 address in its brackets") from error
    elif host.endswith(".") or ".." in host or host.startswith((".", "-")):
        raise WrongUrl("must have a host name without a dot at either end")
