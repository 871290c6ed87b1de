from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.webhooks.endpoints.addresses import Rules, is_public

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "169.254.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    # metadata services: AWS and most others, Alibaba, Oracle, Azure
    "169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "ff0e::1",
    "100::1", "2001:db8::1", "3fff::1", "5f00::1",
    # an IPv4 address in another's clothes: mapped, compatible, NAT64, 6to4, Teredo
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8",
    "64:ff9b:1::10.0.0.1", "2002:7f00:1::1", "2002:808:808::1", "2001:0:7f00:1::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "2a00:1450:4007::200e"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Rules().allow(ip_address(address), 443, encrypted=True)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_public(address: str) -> None:
    assert is_public(ip_address(address))
    assert Rules().allow(ip_address(address), 443, encrypted=True)


@given(st.integers(min_value=0, max_value=2**32 - 1).map(IPv4Address))
def test_no_clothes_of_an_address_are_public(address: IPv4Address) -> None:
    number = int(address)
    for prefix, shift in (("::ffff:0:0", 0), ("::", 0), ("64:ff9b::", 0), ("2002::", 80), ("2001::", 64)):
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) | number << shift))


@pytest.mark.parametrize(
    ("port", "encrypted", "allowed"),
    [(443, True, True), (8443, True, True), (80, True, False), (25, True, False), (443, False, False)],
)
def test_a_public_address_is_spoken_to_by_tls_on_two_ports(port: int, *, encrypted: bool, allowed: bool) -> None:
    assert Rules().allow(ip_address("8.8.8.8"), port, encrypted=encrypted) is allowed


def test_a_network_that_is_named_may_be_anywhere_and_no_other_is_opened_by_it() -> None:
    rules = Rules((ip_network("10.0.0.0/24"), ip_network("fd00::/64")))
    assert rules.allow(ip_address("10.0.0.7"), 8080, encrypted=False)
    assert rules.allow(ip_address("fd00::7"), 8080, encrypted=False)
    assert not rules.allow(ip_address("10.0.1.7"), 443, encrypted=True)
    assert not rules.allow(ip_address("::ffff:10.0.0.7"), 443, encrypted=True)
    assert not rules.allow(ip_address("8.8.8.8"), 8080, encrypted=True)
    assert not rules.allow(ip_address("8.8.8.8"), 443, encrypted=False)
