"""Loads by wrk: any number of prepared requests over kept connections, to one server or spread over two."""

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

THREADS = 2
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
# every thread has its own connections, and all of them go to one address
SCRIPT = """
local ports, turn = {%(ports)s}, 0
function setup(thread)
  turn = turn %% #ports + 1
  thread.addr = wrk.lookup('127.0.0.1', ports[turn])[1]
end
local requests, next = {}, 0
function init(args)
  for line in io.lines('%(file)s') do
    local path, token, seen = line:match('^(%%S+) (%%S+) ?(%%S*)$')
    local headers = {['Authorization'] = 'Bearer ' .. token}
    if seen ~= '' then headers['If-None-Match'] = seen end
    requests[#requests + 1] = wrk.format('GET', path, headers)
  end
  next = math.floor(#requests * math.random())
end
function request()
  next = next %% #requests + 1
  return requests[next]
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: its path, whose token it bears and which ETag it has seen."""

    path: str
    token: str
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run found: answers, answers a second, seconds at two quantiles, and answers that were no success."""

    answers: int
    rate: float
    p50: float
    p99: float
    failed: int


def check_wrk() -> None:
    """End with a clear message where wrk is missing: a generator in Python would measure itself."""
    if shutil.which("wrk") is None:
        raise SystemExit("This measurement needs the load generator wrk, which is missing. Debian: apt-get install wrk")


async def load(ports: Sequence[int], asks: Sequence[Ask], *, connections: int, seconds: int) -> Load:
    """Send requests as fast as they are answered. Raises RuntimeError when wrk does."""
    with TemporaryDirectory() as folder:
        file, script = Path(folder) / "requests", Path(folder) / "script.lua"
        file.write_text("".join(f"{ask.path} {ask.token} {ask.seen}\n" for ask in asks))
        script.write_text(SCRIPT % {"ports": ",".join(f"'{port}'" for port in ports), "file": file})
        shape = [f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
        process = await asyncio.create_subprocess_exec(
            "wrk", *shape, f"http://127.0.0.1:{ports[0]}", stdout=asyncio.subprocess.PIPE
        )
        told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"wrk ended with {process.returncode}")
    return read(told.decode())


def read(text: str) -> Load:
    """Return what wrk has printed."""
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = [int(count) for count in re.findall(r"(?:connect|read|write|timeout) (\d+)", text)]
    return Load(
        answers=int(_found(r"(\d+) requests in", text)),
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        p50=_seconds(_found(r"\s50%\s+([\d.]+[a-z]+)", text)),
        p99=_seconds(_found(r"\s99%\s+([\d.]+[a-z]+)", text)),
        failed=int(failed[1] if failed else 0) + sum(broken),
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk has not said what was expected: {text}")
    return match[1]


def _seconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    assert match is not None, text
    return float(match[1]) * UNITS[match[2]]
