"""A stack as a process of its own, for tests that kill it: prints its processes, then waits for Ctrl-C."""

import asyncio
import json
import sys
from pathlib import Path

from tests.support.servers import running_servers


async def run(path: Path) -> None:
    async with running_servers(path) as servers:
        pids = {"postgres": servers.postgres.pid, "nats": servers.nats.pid, "valkey": servers.valkey.pid}
        sys.stdout.write(json.dumps({"postgres_url": servers.postgres.url, "pids": pids}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(run(Path(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)
