"""What Valkey itself gives: the same data over one connection, so many commands at once, all written beforehand."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import hiredis

from bench.board_fill import Filled, person
from bench.board_stack import Bench
from libs.storage.resp import command
from libs.storage.valkey_address import ValkeyAddress
from services.gamification.boards.domain import member_bytes

DIFFERENT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Answers a second, and microseconds of Valkey's processor for each."""

    rate: float
    cpu: float


async def ranges(bench: Bench, board: Filled, *, together: int, seconds: float) -> Ceiling:
    """Measure ZREVRANGE 0 99 WITHSCORES."""
    return await _measured(bench, [command("ZREVRANGE", board.scores, 0, 99, "WITHSCORES")], together, seconds)


async def ranks(bench: Bench, board: Filled, *, together: int, seconds: float) -> Ceiling:
    """Measure ZREVRANK of members from all over the board."""
    chance = random.Random(1)
    numbers = [chance.randrange(board.members) for _ in range(DIFFERENT)]
    commands = [command("ZREVRANK", board.scores, member_bytes(person(n), n + 1)) for n in numbers]
    return await _measured(bench, commands, together, seconds)


async def _measured(bench: Bench, commands: Sequence[bytes], together: int, seconds: float) -> Ceiling:
    address = ValkeyAddress.of(bench.valkey_url)
    reader, writer = await asyncio.open_connection(address.host, address.port, limit=1 << 22)
    writer.write(command("AUTH", address.password))
    await reader.readuntil(b"\r\n")
    batches = [
        b"".join(commands[n % len(commands)] for n in range(start, start + together))
        for start in range(0, max(len(commands), together), together)
    ]
    answers, parsed = 0, hiredis.Reader()
    before, began = bench.valkey_process.cpu, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        writer.write(batches[answers // together % len(batches)])
        waiting = together
        while waiting:
            parsed.feed(await reader.read(1 << 20))
            while parsed.gets() is not False:
                waiting -= 1
        answers += together
    used = bench.valkey_process.cpu - before
    writer.close()
    return Ceiling(rate=answers / passed, cpu=used * 1e6 / answers)
