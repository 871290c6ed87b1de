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
    if shutil.which("wrk") is None:
        raise SystemExit("this measurement needs wrk (Debian: apt-get install wrk)")
    with TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        script.write_text(_script(body))
        given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s", str(script), *given, url]
        process = await asyncio.create_subprocess_exec("wrk", *command, stdout=asyncio.subprocess.PIPE)
        found, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"wrk ended with {process.returncode}")
    return read(found.decode())


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
