"""`make bench-proxy`: what the gateway adds to a call, beside the same calls made to the service directly.

The service is a bare ASGI application, so that as little as can be stands beside what is measured; the gateway is the
process that runs everywhere, with tokens, limits, metrics and log lines. Processor time is that of the process.
"""

import argparse
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import uvloop

from bench.ingest_stack import with_settings
from bench.report import Figure, against, write
from bench.servers import cpu_of, empty_folder
from bench.wrk import Load, load
from deploy.local.folder import DataFolder
from deploy.local.guardian import guarded
from deploy.local.issuer import mint
from deploy.local.process import ServiceProcess
from deploy.local.stack import Stack, running_stack
from deploy.local.topology import GATEWAY
from libs.clock import SystemClock
from libs.telemetry.logs import configure_logs

ALLOWED_MICROSECONDS = 1500.0
BODY = b'{"text":"' + b"a word of my own " * 58 + b'"}'  # one kibibyte
MANY = {"quota": 1_000_000, "window": 1}  # counted as ever, never too many: one person makes all calls
PROXIED, DIRECT = "/v1/me", "/me"
POSTED, POSTED_DIRECT = "/v1/shares:preview", "/shares:preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The gateway and the service behind it, and the headers of somebody who may call."""

    gateway: str
    service: str
    headers: dict[str, str]
    cpu: Callable[[], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a load found, and microseconds of the gateway and of the service for each call."""

    load: Load
    gateway: float
    service: float


async def measured(seconds: float) -> list[Figure]:
    """Return all figures; each load takes so long."""
    async with running_bench() as bench:
        await cost(bench, bench.gateway + PROXIED, connections=8, seconds=1)  # connects, compiles, remembers the token
        figures: list[Figure] = []
        for connections in (1, 32):
            direct = await cost(bench, bench.service + DIRECT, connections=connections, seconds=seconds)
            proxied = await cost(bench, bench.gateway + PROXIED, connections=connections, seconds=seconds)
            figures += told(f"GET, {connections} at once", direct, proxied)
        direct = await cost(bench, bench.service + POSTED_DIRECT, connections=32, seconds=seconds, body=BODY)
        proxied = await cost(bench, bench.gateway + POSTED, connections=32, seconds=seconds, body=BODY)
        return [*figures, *told("POST of 1 KiB, 32 at once", direct, proxied)]


async def cost(bench: Bench, url: str, *, connections: int, seconds: float, body: bytes | None = None) -> Cost:
    """Return what a load costs. Raises AssertionError when a call failed."""
    before = bench.cpu()
    found = await load(url, headers=bench.headers, connections=connections, seconds=seconds, body=body)
    after = bench.cpu()
    assert found.failed == 0, f"{found.failed} of {found.answers} calls of {url} failed"
    gateway, service = ((now - then) * 1e6 / found.answers for now, then in zip(after, before, strict=True))
    return Cost(load=found, gateway=gateway, service=service)


def told(name: str, direct: Cost, proxied: Cost) -> list[Figure]:
    """Return the figures of the same call made both ways."""
    return [
        against(f"{name}: cpu of the gateway (of 1,500)", proxied.gateway, "us", ceiling=ALLOWED_MICROSECONDS),
        Figure(name=f"{name}: cpu of the service, called directly", value=direct.service, unit="us"),
        against(f"{name}: calls through the gateway", proxied.load.rate, "/s", ceiling=direct.load.rate),
        Figure(name=f"{name}: added to p50", value=(proxied.load.p50 - direct.load.p50) * 1000, unit="ms"),
        Figure(name=f"{name}: p99 through the gateway", value=proxied.load.p99 * 1000, unit="ms"),
    ]


@asynccontextmanager
async def running_bench() -> AsyncIterator[Bench]:
    """Start the gateway with its servers, and a bare application in place of the service sharing."""
    async with AsyncExitStack() as resources:
        folder = resources.enter_context(empty_folder())
        resources.enter_context(with_settings({"GATEWAY_LIMITS": json.dumps({"read": MANY, "write": MANY})}))
        stack = await resources.enter_async_context(running_stack(folder, programs=[GATEWAY], environment={}))
        service = await resources.enter_async_context(_bare(stack.url("sharing")))
        token = mint(
            folder,
            subject="bench",
            roles=["ambassador"],
            programmes=["*"],
            lifetime=timedelta(hours=1),
            now=SystemClock().now(),
        )
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        yield Bench(gateway=stack.gateway_url, service=stack.url("sharing"), headers=headers, cpu=_cpu(stack, service))


def _cpu(stack: Stack, service: ServiceProcess) -> Callable[[], tuple[float, float]]:
    return lambda: (cpu_of(stack.pid(GATEWAY.name)), cpu_of(service.pid))


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[ServiceProcess]:
    port = urlsplit(url).port
    arguments = ["uvicorn", "bench.bare:app", "--port", str(port), "--log-level", "error", "--lifespan", "off"]
    folder: DataFolder
    with empty_folder() as folder:
        async with guarded(folder) as guardian:
            process = ServiceProcess("bare", arguments, environment={}, folder=folder, guardian=guardian)
            process.start()
            try:
                await process.wait_ready(f"{url}/")
                yield process
            finally:
                await process.stop()


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.proxy")
    parser.add_argument("--quick", action="store_true", help="shorter loads, within 50 s")
    quick = parser.parse_args().quick
    configure_logs("bench", form="console", level="ERROR")
    write("proxy", uvloop.run(measured(3.0 if quick else 15.0)))


if __name__ == "__main__":
    main()
