"""The load generator wrk (a Debian package): what it is told, and what it found."""

import asyncio
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run found: answers, answers a second, seconds at two quantiles, and answers that were no success."""

    answers: int
    rate: float
    p50: float
    p99: float
    failed: int


async def load(
    url: str, *, headers: Mapping[str, str], connections: int, seconds: float, body: bytes | None = None
) -> Load:
    """Send requests over kept connections, as fast as they are answered. Raises RuntimeError when wrk does."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        script.write_text(_script(body))
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        shape = ["-t1", f"-c{connections}", f"-d{seconds:g}s"]
        return await run(*shape, "-s", str(script), *given, url)


def check_wrk() -> None:
    """End with a clear message where wrk is missing: a generator in Python would measure itself."""
    if shutil.which("wrk") is None:
        raise SystemExit("This measurement needs the load generator wrk, which is missing. Debian: apt-get install wrk")


async def run(*arguments: str) -> Load:
    """Run wrk. Raises RuntimeError when it ends badly or says something else than expected."""
    check_wrk()
    process = await asyncio.create_subprocess_exec("wrk", "--latency", *arguments, stdout=asyncio.subprocess.PIPE)
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


def _script(body: bytes | None) -> str:
    return "" if body is None else f'wrk.method = "POST"\nwrk.body = [==[{body.decode()}]==]\n'


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk has not said what was expected: {text}")
    return match[1]


def _seconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    assert match is not None, text
    return float(match[1]) * UNITS[match[2]]
