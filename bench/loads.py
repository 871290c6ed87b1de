"""Loads by wrk: any number of prepared requests over kept connections, to one server or spread over two."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.wrk import Load, run

THREADS = 2
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
    local path, token, seen, agent = line:match('^([^\t]+)\t([^\t]*)\t([^\t]*)\t([^\t]*)$')
    local headers = {}
    if token ~= '' then headers['Authorization'] = 'Bearer ' .. token end
    if seen ~= '' then headers['If-None-Match'] = seen end
    if agent ~= '' then
      headers['User-Agent'], headers['Accept'] = agent, 'text/html,application/xhtml+xml'
      headers['Accept-Language'] = 'fr,en;q=0.5'
    end
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
    """One request: its path, whose token it bears, which ETag it has seen, and which browser makes it."""

    path: str
    token: str = ""
    seen: str = ""
    agent: str = ""


async def load(ports: Sequence[int], asks: Sequence[Ask], *, connections: int, seconds: int) -> Load:
    """Send requests as fast as they are answered. Raises RuntimeError when wrk does."""
    with TemporaryDirectory() as folder:
        file, script = Path(folder) / "requests", Path(folder) / "script.lua"
        file.write_text("".join(f"{ask.path}\t{ask.token}\t{ask.seen}\t{ask.agent}\n" for ask in asks))
        script.write_text(SCRIPT % {"ports": ",".join(f"'{port}'" for port in ports), "file": file})
        shape = [f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
        return await run(*shape, f"http://127.0.0.1:{ports[0]}")
