"""`make bench-links`: following tracked links, beside a bare answer of the same bytes from the same server.

The gateway runs as it does, with its visits told to a broker; both are loaded in turns by wrk with 5,000 links, each
asked for by another browser. Beside the rates stands the processor time of each answer, which other work on the machine
disturbs less.
"""

import argparse
import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from bench.board_stack import MANY
from bench.ingest_stack import with_settings
from bench.report import Figure, against, write
from bench.servers import cpu_of, empty_folder
from deploy.local.addresses import running_addresses
from deploy.local.folder import DataFolder
from deploy.local.guardian import guarded
from deploy.local.ports import HOST, Ports
from deploy.local.process import ServiceProcess
from deploy.local.stack import running_stack
from deploy.local.topology import GATEWAY
from libs.bus.connection import open_connection
from libs.bus.streams import ensure_streams
from libs.clock import new_id
from libs.storage.pipelined import open_pipelined
from libs.telemetry.logs import configure_logs
from services.sharing.links.api import new_code
from services.sharing.links.domain.shown import READY, link_key, link_value

LINKS = 5000
AIM = 0.6
TARGET = "https://www.lumen.example/workshop?utm_source=linkedin&utm_medium=social"
SCRIPT = """
local requests, next = {}, 0
function init(args)
  for line in io.lines('%s') do
    local path, version = line:match('^(%%S+) (%%S+)$')
    local browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:' .. version .. ') Gecko/20100101 Firefox/' .. version
    requests[#requests + 1] = wrk.format('GET', path, {
      ['User-Agent'] = browser, ['Accept'] = 'text/html,application/xhtml+xml', ['Accept-Language'] = 'fr,en;q=0.5',
    })
  end
end
function request() next = next %% #requests + 1; return requests[next] end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that answers."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Answers a second, and microseconds of processor time for each."""

    rate: float
    cpu: float


@asynccontextmanager
async def running_pair() -> AsyncIterator[tuple[Process, Process, Path]]:
    """The gateway with links in Valkey, the bare server, and the script by which wrk asks either."""
    async with AsyncExitStack() as resources:
        folder, apart = (resources.enter_context(empty_folder()) for _ in "ab")
        resources.enter_context(with_settings({"GATEWAY_LIMITS": json.dumps({"link": MANY})}))
        stack = await resources.enter_async_context(running_stack(folder, programs=[GATEWAY], environment={}))
        codes = await fill(folder)
        asked, script = apart.root / "links", apart.root / "ask.lua"
        asked.write_text("".join(f"/l/{code} {100 + number % 40}.0\n" for number, code in enumerate(codes)))
        script.write_text(SCRIPT % asked)
        guardian = await resources.enter_async_context(guarded(apart))
        port = resources.enter_context(Ports(apart.ports)).take("bare")
        arguments = ["bench.bare_link", str(port), TARGET]
        bare = ServiceProcess("bare", arguments, environment={}, folder=apart, guardian=guardian)
        bare.start()
        resources.push_async_callback(bare.stop)
        await answering(port)
        ours = Process(port=int(stack.gateway_url.rsplit(":", 1)[1]), pid=stack.pid(GATEWAY.name))
        yield ours, Process(port=port, pid=bare.pid), script


async def fill(folder: DataFolder) -> Sequence[str]:
    """Make the broker's streams, and write links into Valkey as sharing does; returns their codes."""
    addresses = running_addresses(folder.root)
    assert addresses.valkey is not None, "the gateway has one"
    async with open_connection(addresses.nats, name="operator") as broker:
        await ensure_streams(broker)
    codes = [new_code() for _ in range(LINKS)]
    async with open_pipelined(addresses.valkey) as valkey:
        for code in codes:
            await valkey.command("SET", link_key(code), link_value(1, new_id(), TARGET))
        await valkey.command("SET", READY, "1")
    return codes


async def answering(port: int) -> None:
    """Return when a server answers."""
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"http://{HOST}:{port}/")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


async def loaded(process: Process, script: Path, *, connections: int, seconds: int) -> Run:
    """Load a server. Raises RuntimeError when one request failed."""
    before = cpu_of(process.pid)
    shape = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"http://{HOST}:{process.port}"]
    wrk = await asyncio.create_subprocess_exec("wrk", *shape, stdout=asyncio.subprocess.PIPE)
    told = (await wrk.communicate())[0].decode()
    found = re.search(r"(\d+) requests in", told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if wrk.returncode or found is None or rate is None or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    return Run(rate=float(rate[1]), cpu=(cpu_of(process.pid) - before) / int(found[1]) * 1e6)


async def measured(*, seconds: int, rounds: int) -> list[Figure]:
    """Return all figures; ours and the bare server take turns, and the middle of the rounds counts."""
    figures = []
    async with running_pair() as (ours, bare, script):
        for connections in (32, 256):
            runs = [
                [await loaded(one, script, connections=connections, seconds=seconds) for one in (ours, bare)]
                for _ in range(rounds)
            ]
            rate, best = (median(run[place].rate for run in runs) for place in (0, 1))
            cpu, least = (median(run[place].cpu for run in runs) for place in (0, 1))
            name = f"links, {connections} connections"
            figures.append(against(f"{name} (aim {AIM})", rate, "/s", ceiling=best))
            # of processor time less is better: the ratio is turned round, so that it means the same
            figures.append(Figure(name=f"{name}: cpu", value=cpu, unit="us", ceiling=least, ratio=least / cpu))
    return figures


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.links")
    parser.add_argument("--quick", action="store_true", help="within 50 s")
    quick = parser.parse_args().quick
    if shutil.which("wrk") is None:
        sys.exit("This measurement needs the load generator wrk, which is missing. Debian: apt-get install wrk")
    configure_logs("bench", form="console", level="ERROR")
    write("links", asyncio.run(measured(seconds=2 if quick else 5, rounds=2 if quick else 5)))


if __name__ == "__main__":
    main()
