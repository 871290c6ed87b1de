"""Boards of any size, filled as gamification fills them, only faster; and what everybody on them is called."""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from libs.bus.connection import Connection
from libs.storage.pipelined import Pipelined
from services.gamification.boards.domain import READY, arrival_bytes, definition_key, member_bytes, period_keys

TOGETHER = 1000
BASE = 0xB0A2D << 100
TEAMS = 200


def person(number: int) -> UUID:
    """Return the same ambassador for the same number."""
    return UUID(int=BASE | (number * 0x9E3779B97F4A7C15 % 2**64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A board with so many members."""

    board_id: UUID
    programme_id: UUID
    members: int

    @property
    def scores(self) -> str:
        """The key of its sorted set."""
        return period_keys(self.board_id, "all")[0]


async def fill(valkey: Pipelined, members: int, *, copy: int = 0) -> Filled:
    """Write a board on which a few have much and many have little, with ties; another `copy` is another board."""
    board = Filled(board_id=UUID(int=BASE | copy << 64 | members), programme_id=UUID(int=BASE | 1), members=members)
    scores, arrivals, version, _ = period_keys(board.board_id, "all")
    for numbers in _runs(members):
        rows: list[bytes | int] = []
        known: list[bytes] = []
        for number in numbers:
            who = person(number)
            rows += [_score(number), member_bytes(who, number + 1)]
            known += [who.bytes, arrival_bytes(number + 1)]
        await valkey.command("ZADD", scores, *rows)
        await valkey.command("HSET", arrivals, *known)
    await valkey.command("HSET", version, *_flat(sequence=members, version=members, at=_now(), ready=1))
    definition = {
        "programme_id": board.programme_id,
        "title": f"Voices of {members}",
        "time_zone": "Europe/Paris",
        "first_day": "2026-09-07",
        "ready": 1,
        "salt": secrets.token_hex(18),
    }
    await valkey.command("HSET", definition_key(board.board_id), *_flat(**definition))
    await valkey.command("SET", READY, 1)
    return board


async def name_all(connection: Connection, members: int) -> None:
    """Write a profile for everybody."""
    for numbers in _runs(members):
        for number in numbers:
            team = number % TEAMS
            profile = {
                "name": f"Ambassador {number:06d}",
                "team_id": str(UUID(int=BASE | 2 << 64 | team)),
                "team": f"Team {team:03d}",
            }
            await connection.client.publish(f"$KV.profiles.{person(number)}", json.dumps(profile).encode())
        await connection.client.flush()


def sample(members: int, count: int) -> Sequence[UUID]:
    """Return ambassadors from all over the board, the same each time."""
    return [person(number * 7919 % members) for number in range(count)]


def _score(number: int) -> int:
    return 500 * (2_000_000 // (number + 10) + number % 97)


def _runs(members: int) -> Iterator[range]:
    for start in range(0, members, TOGETHER):
        yield range(start, min(start + TOGETHER, members))


def _flat(**values: object) -> list[str]:
    return [str(part) for pair in values.items() for part in pair]


def _now() -> str:
    return datetime.now(UTC).isoformat()
