import os
import signal

import httpx
import pytest

from deploy.local.topology import PROGRAMS
from deploy.local.verify import verify
from libs.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.stack import RunningStack


@pytest.mark.parametrize("name", [program.name for program in PROGRAMS])
async def test_every_process_says_that_it_is_ready(stack: RunningStack, name: str) -> None:
    answer = await stack.client.get(f"{stack.stack.url(name)}/readyz")
    assert answer.status_code == httpx.codes.OK, answer.text


@pytest.mark.parametrize("name", ["engagement", "engagement-worker", "gamification"])
async def test_service_killed_with_kill_9_is_back_by_itself_and_nothing_is_lost(stack: RunningStack, name: str) -> None:
    killed = stack.stack.pid(name)
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: runs_again(stack, name, killed), seconds=60)
    await stack.healed()
    assert await verify(stack.stack.folder.root, SystemClock()) == 0


async def runs_again(stack: RunningStack, name: str, killed: int) -> bool:
    answer = await stack.client.get(f"{stack.stack.url(name)}/readyz")
    return stack.stack.pid(name) != killed and answer.status_code == httpx.codes.OK
