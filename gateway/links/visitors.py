"""Keys that stand for a visitor and a network for one day: what leaves the gateway instead of addresses and agents."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from starlette.types import Scope

from libs.auth.person_keys import PersonKeys
from libs.clock import Clock

IPV4_BITS, IPV6_BITS = 24, 48  # what a provider gives to one household or office; the rest changes by itself
KEY_BYTES = 16
MOST_PLACES = 16_384  # some 3 MiB
IPV4 = re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}", re.ASCII)
UNKNOWN = b"unknown"
HEADER = b"x-timbre-visitor"


class Visitor(NamedTuple):
    """The keys of one visitor on one day."""

    visitor: str
    network: str


class VisitorKeys:
    """Makes the keys of a day. Those of two days cannot be compared, so nobody is followed from one to the next."""

    def __init__(self, person_keys: PersonKeys, *, clock: Clock) -> None:
        """Derive the secret of each day from that of `person_keys`."""
        self._person_keys = person_keys
        self._clock = clock
        self._day: date | None = None
        self._visitors = self._networks = blake2b()
        self._places: dict[bytes, str] = {}

    def of(self, peer: Sequence[Any] | None, user_agent: bytes, day: date) -> Visitor:
        """Return the keys of who is at an address (as in an ASGI scope), with a user agent, on a day in UTC."""
        if day != self._day:
            self._turn_to(day)
        network = network_of(peer[0]) if peer else UNKNOWN
        visitor = self._visitors.copy()
        visitor.update(network + b"\n" + user_agent)
        return Visitor(visitor.hexdigest(), self._places.get(network) or self._place(network))

    def _place(self, network: bytes) -> str:
        """Return the key of a network, and keep it: many come from the same one."""
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        place = self._networks.copy()
        place.update(network)
        key = self._places[network] = place.hexdigest()
        return key

    def _turn_to(self, day: date) -> None:
        """Take the secret of a day; a hash that has taken it in is copied for each key, at a third of the cost."""
        secret = self._person_keys.secret_of_day(day)
        self._visitors = blake2b(digest_size=KEY_BYTES, key=secret, person=b"visitor")
        self._networks = blake2b(digest_size=KEY_BYTES, key=secret, person=b"network")
        self._day, self._places = day, {}

    def tell(self, scope: Scope) -> None:
        """Put the caller's keys of today and tomorrow into the headers, in place of what a client says they are."""
        agent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
        today = self._clock.now().date()
        keys = " ".join(self.of(scope["client"], agent, day).visitor for day in (today, today + timedelta(days=1)))
        given = [pair for pair in scope["headers"] if pair[0] != HEADER]
        scope["headers"] = [*given, (HEADER, keys.encode())]


def network_of(address: str) -> bytes:
    """Return the first bits of an address as text: the network that it is in."""
    if usual := IPV4.fullmatch(address):  # a twentieth of what parsing costs
        return f"{usual[1]}.0/{IPV4_BITS}".encode()
    return _network_of(address)


@lru_cache(maxsize=4096)
def _network_of(address: str) -> bytes:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = IPV4_BITS if parsed.version == 4 else IPV6_BITS
    return str(ip_network((parsed, bits), strict=False)).encode()
