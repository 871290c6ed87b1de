"""The processes that boards are measured on: two gateways as they run, and bare servers that repeat their answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import psutil  # type: ignore[import-untyped]  # has no types of its own

from bench.board_fill import Filled, fill, name_all
from bench.ingest_stack import with_settings
from bench.loads import Ask
from bench.servers import cpu_of, empty_folder
from deploy.local.addresses import running_addresses
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian, guarded
from deploy.local.issuer import mint
from deploy.local.ports import HOST, Ports
from deploy.local.process import ServiceProcess
from deploy.local.stack import Stack, running_stack
from deploy.local.topology import GATEWAY
from libs.bus.connection import open_connection
from libs.bus.streams import ensure_streams
from libs.clock import SystemClock
from libs.storage.pipelined import Pipelined, open_pipelined

READERS = 200
MANY = {"quota": 1_000_000, "window": 1}  # counted as ever, never too many: few people make all calls
MEMORY = "12gb"
NAMED_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that answers, by its port."""

    port: int
    pid: int

    @property
    def cpu(self) -> float:
        """The processor time that it has used so far, in seconds."""
        return cpu_of(self.pid)

    @property
    def memory(self) -> float:
        """The memory that it holds, in MiB."""
        return float(psutil.Process(self.pid).memory_info().rss / 2**20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What runs: two gateways, of which the first is used alone too, on one Valkey with a full board."""

    gateways: list[Process]
    valkey: Pipelined
    valkey_process: Process
    valkey_url: str
    tokens: Sequence[str]
    board: Filled
    folder: DataFolder
    guardian: Guardian
    ports: Ports

    async def ask(self, ask: Ask) -> httpx.Response:
        """Make a request of the first gateway. Raises AssertionError when it is refused."""
        token = {"authorization": f"Bearer {ask.token}"} if ask.token else {}
        seen = {"if-none-match": ask.seen} if ask.seen else {}
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://{HOST}:{self.gateways[0].port}") as client:
            answer = await client.get(ask.path, headers={**token, **seen, "accept-encoding": "identity"})
        assert answer.status_code in {200, 302, 304}, answer.text
        return answer

    async def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], path: str) -> Process:
        """Start another process, which ends with the others."""
        port = self.ports.take(name)
        process = ServiceProcess(
            name,
            [*arguments],
            environment={**environment, "GATEWAY_PORT": str(port)},
            folder=self.folder,
            guardian=self.guardian,
        )
        process.start()
        await process.wait_ready(f"http://{HOST}:{port}{path}")
        return Process(port=port, pid=process.pid)


@asynccontextmanager
async def running_bench(members: int) -> AsyncIterator[Bench]:
    """Start the servers and two gateways, with a board of so many members who all have names."""
    async with AsyncExitStack() as resources:
        folder = resources.enter_context(empty_folder())
        resources.enter_context(with_settings({"GATEWAY_LIMITS": json.dumps({"board": MANY, "link": MANY})}))
        stack = await resources.enter_async_context(running_stack(folder, programs=[GATEWAY], environment={}))
        valkey, board = await _filled(resources, folder, members)
        apart = resources.enter_context(empty_folder())
        guardian = await resources.enter_async_context(guarded(apart))
        gateway = Process(port=_port(stack), pid=stack.pid(GATEWAY.name))
        bench = Bench(
            gateways=[gateway],
            valkey=valkey,
            valkey_process=Process(port=0, pid=stack.pid("valkey")),
            valkey_url=str(running_addresses(folder.root).valkey),
            tokens=_tokens(folder, board),
            board=board,
            folder=apart,
            guardian=guardian,
            ports=resources.enter_context(Ports(apart.ports)),
        )
        environment = dict(psutil.Process(gateway.pid).environ())
        twin = await bench.start("twin", ["gateway", "serve"], environment, "/readyz")
        bench.gateways.append(twin)
        async with asyncio.timeout(NAMED_SECONDS):
            for process in bench.gateways:
                while await _known(process.port) < members:  # noqa: ASYNC110 - the fact is in another process
                    await asyncio.sleep(0.1)
        yield bench


async def bare_servers(bench: Bench, asks: Mapping[str, Ask]) -> list[Process]:
    """Start two servers that send what the gateway answers to each request, byte for byte."""
    file = bench.folder.root / "recorded.json"
    found = {name: await bench.ask(ask) for name, ask in asks.items()}
    file.write_text(json.dumps({name.replace(" ", "-"): recorded(answer) for name, answer in found.items()}))
    started = []
    for name in ("bare-1", "bare-2"):
        port = str(bench.ports.take(name))
        started.append(
            await bench.start(name, ["bench.bare_bytes", str(file), port], {}, f"/{next(iter(asks)).replace(' ', '-')}")
        )
    return started


def recorded(answer: httpx.Response) -> dict[str, object]:
    """Return an answer as `bench.bare_bytes` reads it; the date is written by the server."""
    headers = [(name, value) for name, value in answer.headers.items() if name != "date"]
    return {"status": answer.status_code, "headers": headers, "body": answer.text}


async def _filled(resources: AsyncExitStack, folder: DataFolder, members: int) -> tuple[Pipelined, Filled]:
    addresses = running_addresses(folder.root)
    assert addresses.valkey is not None, "the gateway has one"
    valkey = await resources.enter_async_context(open_pipelined(addresses.valkey, patience=30.0))
    await valkey.command("CONFIG", "SET", "maxmemory", MEMORY)
    async with open_connection(addresses.nats, name="operator") as broker:
        await ensure_streams(broker)
        await name_all(broker, members)
    return valkey, await fill(valkey, members)


async def _known(port: int) -> float:
    """Return how many names a gateway has read."""
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"http://{HOST}:{port}/metrics")).text
    return float(next(line for line in text.splitlines() if line.startswith("gateway_known_names{")).split()[-1])


def _tokens(folder: DataFolder, board: Filled) -> list[str]:
    return [
        mint(
            folder,
            subject=f"reader-{number}",
            roles=["ambassador"],
            programmes=[board.programme_id],
            lifetime=timedelta(hours=2),
            now=SystemClock().now(),
        )
        for number in range(READERS)
    ]


def _port(stack: Stack) -> int:
    return int(stack.gateway_url.rsplit(":", 1)[1])
