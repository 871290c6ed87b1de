"""Which addresses may be spoken to: public ones, and those that the operator has named."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Written out, since `is_global` has changed between patch releases of Python and calls some of these global: IETF
# protocol assignments (with the metadata service of Oracle), relays of 6to4, and what Azure answers every machine from.
NOT_PUBLIC_V4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "168.63.129.16/32")))
# The only space of global unicast (RFC 4291, 2.4). So whatever carries an IPv4 address in another one is out:
# mapped (::ffff:0:0/96), compatible (::/96) and NAT64 (64:ff9b::/96) addresses.
PUBLIC_V6 = IPv6Network("2000::/3")
# IETF protocol assignments with Teredo and ORCHID, documentation, 6to4.
NOT_PUBLIC_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: Address) -> bool:
    """Whether an address belongs to some machine of the internet, and cannot lead back inside."""
    if isinstance(address, IPv6Address):
        return address.scope_id is None and address in PUBLIC_V6 and not any(address in one for one in NOT_PUBLIC_V6)
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in one for one in NOT_PUBLIC_V4)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows: networks that need not be public, and the ports of those that are.

    In an allowed network any port may be spoken to, and without TLS.
    """

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({443, 8443})

    def allow(self, address: Address, port: int, *, encrypted: bool) -> bool:
        """Whether a connection to this very address may be opened."""
        if any(address in network for network in self.networks):
            return True
        return encrypted and port in self.ports and is_public(address)
