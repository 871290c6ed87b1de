"""SIGTERM while clients send without a pause: each request is answered, and none is lost with its connection."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from tests.integration.gateway.alone import GatewayProcess, gateway_process
from tests.integration.gateway.issuer import Issuer
from tests.support.eventually import eventually

CLIENTS = 8
BODY = b"x" * 100_000


@dataclass
class Seen:
    """What the clients have seen."""

    statuses: list[int] = field(default_factory=list)
    closing: int = 0
    failures: list[str] = field(default_factory=list)
    by_address: dict[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Balancer:
    """Chooses for each new connection, as a load balancer does: the first process that is ready."""

    processes: tuple[GatewayProcess, ...]

    async def choose(self) -> GatewayProcess:
        async with httpx.AsyncClient(trust_env=False) as client:
            for process in self.processes:
                try:
                    if (await client.get(f"{process.url}/readyz")).is_success:
                        return process
                except httpx.TransportError:
                    continue
        raise AssertionError("none is ready")


async def one_after_another(balancer: Balancer, token: str, seen: Seen, enough: asyncio.Event) -> None:
    """Send over one connection for as long as it is kept, then over the next; any failure is noted and ends it."""
    number = 0
    while not enough.is_set():
        process = await balancer.choose()
        reader, writer = await process.connect()
        try:
            kept = True
            while kept and not enough.is_set():
                number += 1
                writer.write(request(token, with_body=number % 3 == 0))
                status, kept = await answered(reader)
                seen.statuses.append(status)
                seen.closing += not kept
                seen.by_address[process.url] = seen.by_address.get(process.url, 0) + 1
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            seen.failures.append(repr(error))
        finally:
            writer.close()


def request(token: str, *, with_body: bool) -> bytes:
    first = b"POST /v1/programmes HTTP/1.1" if with_body else b"GET /v1/me HTTP/1.1"
    length = [b"Content-Length: %d" % len(BODY)] if with_body else []
    head = [first, b"Host: test", b"Authorization: Bearer " + token.encode(), *length, b"", b""]
    return b"\r\n".join(head) + (BODY if with_body else b"")


async def answered(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status of an answer, and whether the connection is kept after it."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"transfer-encoding: chunked" in head:
        while size := int((await reader.readline()).strip(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
    return int(head.split(b" ", 2)[1]), b"connection: close" not in head


@pytest.mark.timeout(120)
async def test_no_request_fails_while_one_process_ends_and_another_takes_over(
    environment: dict[str, str], issuer: Issuer
) -> None:
    unlimited = '{"read":{"quota":1000000,"window":1},"write":{"quota":1000000,"window":1}}'
    async with (
        gateway_process(environment, drain_seconds="5", limits=unlimited) as ending,
        gateway_process(environment, limits=unlimited) as taking_over,
    ):
        seen, enough = Seen(), asyncio.Event()
        balancer = Balancer(processes=(ending, taking_over))
        token = issuer.token("admin", "ambassador")
        clients = [asyncio.create_task(one_after_another(balancer, token, seen, enough)) for _ in range(CLIENTS)]

        async def busy(process: GatewayProcess) -> bool:
            return seen.by_address.get(process.url, 0) >= 50

        await eventually(lambda: busy(ending), seconds=30)
        ending.process.terminate()
        await eventually(lambda: busy(taking_over), seconds=30)
        await ending.end()
        already = len(seen.statuses)

        async def goes_on() -> bool:
            return len(seen.statuses) >= already + 50

        await eventually(goes_on, seconds=30)
        enough.set()
        await asyncio.gather(*clients)
    assert seen.failures == []
    assert set(seen.statuses) == {200}
    assert seen.closing >= CLIENTS, "each client was told to go"


async def told_to_end(process: GatewayProcess) -> None:
    """SIGTERM; returns when the process says that it is not ready."""
    process.process.terminate()

    async def not_ready() -> bool:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{process.url}/readyz")).status_code == 503

    await eventually(not_ready)


async def test_an_ending_process_says_so_before_it_closes(environment: dict[str, str], issuer: Issuer) -> None:
    async with gateway_process(environment, drain_seconds="60") as process:
        reader, writer = await process.connect()
        token = issuer.token("admin", "ambassador")
        writer.write(request(token, with_body=False))
        assert await answered(reader) == (200, True)
        await told_to_end(process)
        writer.write(request(token, with_body=True))
        assert await answered(reader) == (200, False)
        assert await reader.read() == b""
        writer.close()
        process.process.kill()


async def test_a_refusal_of_an_ending_process_is_seen_before_the_body_is_sent(environment: dict[str, str]) -> None:
    async with gateway_process(environment, drain_seconds="60") as process:
        await told_to_end(process)
        head = b"POST /v1/programmes HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n"
        answer = await process.spoken(head, *[b"x" * 100_000] * 10)
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"connection: close" in answer
        assert b"urn:timbre:problem:missing-token" in answer
        process.process.kill()
