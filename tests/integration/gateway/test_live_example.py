"""The code that docs/boards.md gives to browsers does what the page says, run by node where that is installed."""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE

import pytest

from deploy.local.servers.nats import NatsServer
from tests.architecture.tree import PROJECT
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.live import read, tell

SCRIPT = """
{example}
follow(process.argv[1], async () => process.argv[2], page => console.log(JSON.stringify(page)))
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
async def test_a_browser_holds_the_page(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    found = re.search(r"```js\n(.*?)```", (PROJECT / "docs/boards.md").read_text(), re.DOTALL)
    assert found
    url, token = f"{gateway.url}/v1/boards/{board.id}/live?limit=3", gateway.issuer.token("ambassador")
    script = SCRIPT.replace("{example}", found[1])
    node = await asyncio.create_subprocess_exec("node", "--input-type=module", "-e", script, url, token, stdout=PIPE)
    assert node.stdout
    try:
        for sequence, standings in (
            (1, {1: (500, 1)}),
            (2, {1: (500, 1), 2: (900, 2), 3: (100, 3), 4: (700, 4)}),
            (3, {3: (100, 3)}),
            (4, {3: (100, 3), 1: (600, 5)}),
        ):
            await board.write(standings, sequence=sequence)
            await tell(broker, board)
            page = {"sequence": 0}
            async with asyncio.timeout(30):
                while page["sequence"] < sequence:
                    page = json.loads(await node.stdout.readline())
            assert page == await read(gateway, board, limit=3)
    finally:
        node.kill()
        await node.wait()
