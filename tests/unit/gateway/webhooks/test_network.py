"""What is resolved is what is checked, and what is checked is what is connected to."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import httpcore
import pytest

from gateway.webhooks.endpoints.addresses import Address, Rules
from gateway.webhooks.endpoints.network import ForbiddenAddress, GuardedNetwork
from gateway.webhooks.endpoints.sender import Sender

PUBLIC, LOOPBACK = "93.184.216.34", "127.0.0.1"


class Names:
    """A resolver that answers with the next list each time it is asked, and goes on with the last."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[Address]:
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ip_address(address) for address in found]


class Wire(httpcore.AsyncMockBackend):
    """Connects to nothing, and notes to what."""

    def __init__(self) -> None:
        super().__init__([])
        self.connected: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append((host, port))
        return await super().connect_tcp(host, port, *rest, **more)


def network(names: Names, wire: Wire, *, rules: Rules | None = None) -> GuardedNetwork:
    guarded = GuardedNetwork(names, rules or Rules(), encrypted=True)
    guarded._network = wire  # type: ignore[assignment] # what would open a socket
    return guarded


def sender(names: Names) -> Sender:
    return Sender(Rules(), names, connect_seconds=1, total_seconds=1, ca_file=None)


async def test_what_was_checked_is_what_is_connected_to() -> None:
    names, wire = Names([PUBLIC]), Wire()
    await network(names, wire).connect_tcp("hooks.example.org", 443, 1.0)
    assert (names.asked, wire.connected) == (["hooks.example.org"], [(PUBLIC, 443)])


async def test_a_name_that_answers_otherwise_a_moment_later_gains_nothing() -> None:
    names, wire = Names([PUBLIC], [LOOPBACK]), Wire()
    rebinding = sender(names)
    await rebinding.check("https://rebind.example.org/")  # as at creation
    with pytest.raises(ForbiddenAddress):
        await network(names, wire).connect_tcp("rebind.example.org", 443, 1.0)
    assert (len(names.asked), wire.connected) == (2, [])
    assert (await rebinding.post("https://rebind.example.org/", {}, b"")).outcome == "forbidden-address"


@pytest.mark.parametrize("addresses", [[PUBLIC, LOOPBACK], [LOOPBACK, PUBLIC], [PUBLIC, "::1"], ["::ffff:8.8.8.8"]])
async def test_one_address_inside_is_enough_to_refuse_a_host(addresses: list[str]) -> None:
    wire = Wire()
    with pytest.raises(ForbiddenAddress):
        await network(Names(addresses), wire).connect_tcp("mixed.example.org", 443, 1.0)
    assert wire.connected == []


async def test_a_host_without_any_address_cannot_be_connected_to() -> None:
    with pytest.raises(httpcore.ConnectError):
        await network(Names([]), Wire()).connect_tcp("none.example.org", 443, 1.0)


async def test_no_other_way_out_is_offered() -> None:
    with pytest.raises(NotImplementedError):
        await network(Names([PUBLIC]), Wire()).connect_unix_socket("/run/docker.sock")


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    names = Names([LOOPBACK])
    assert (await sender(names).post("https://inside.example.org/", {}, b"")).outcome == "forbidden-address"
    assert names.asked == ["inside.example.org"]


async def test_an_allowed_network_can_be_connected_to() -> None:
    wire = Wire()
    rules = Rules((ip_network("127.0.0.0/8"),))
    await network(Names([LOOPBACK]), wire, rules=rules).connect_tcp("dev.example.org", 9999, 1.0)
    assert wire.connected == [(LOOPBACK, 9999)]
