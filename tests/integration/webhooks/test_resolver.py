"""The machine's own resolver reads every way to write an address, and the check sees what it read."""

from collections.abc import Iterator

import httpcore
import pytest

from gateway.webhooks.endpoints.addresses import Rules
from gateway.webhooks.endpoints.network import ForbiddenAddress, GuardedNetwork, SystemResolver
from gateway.webhooks.endpoints.sender import Sender
from gateway.webhooks.endpoints.urls import WrongUrl


@pytest.fixture
def resolver() -> Iterator[SystemResolver]:
    found = SystemResolver(1)
    yield found
    found.close()


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0",
        "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "169.254.169.254", "2852039166", "0xa9fea9fe",
    ],
)  # fmt: skip
async def test_every_way_to_write_an_address_inside_is_refused(resolver: SystemResolver, host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await GuardedNetwork(resolver, Rules(), encrypted=True).checked(host, 443)
    sender = Sender(Rules(), resolver, connect_seconds=5, total_seconds=5, ca_file=None)
    url = f"https://{f'[{host}]' if ':' in host else host}/"
    with pytest.raises(WrongUrl, match="public address"):
        await sender.check(url)
    assert (await sender.post(url, {}, b"")).outcome == "forbidden-address"


async def test_a_host_that_can_be_no_name_is_one_that_cannot_be_found(resolver: SystemResolver) -> None:
    with pytest.raises(httpcore.ConnectError):
        await GuardedNetwork(resolver, Rules(), encrypted=True).checked("a" * 70 + ".example.org", 443)
