"""Writing boards to Valkey: absolute, fenced, in any order, any number of times; a flush is noticed and healed.

Each write carries the ledger's sequence of the balance that it shows and is dropped when the member already shows a
later one. So a rebuild needs no pause: it writes the same way, beside live changes. Until it is complete the period is
not marked ready, and readers answer "pending", never a wrong rank.

How a person wants to appear is fenced in the same way, by the version of that choice: a write that knows an older
choice than the one applied changes nothing, so nobody who has left comes back by a late write. A score that is
gone leaves its arrival behind, so that an earlier one does not come back either.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from libs.events.hints import BoardHint
from libs.storage.valkey import Valkey
from services.gamification.boards.domain import (
    READY,
    arrival_bytes,
    definition_key,
    member_bytes,
    owners_key,
    period_keys,
)
from services.gamification.boards.domain.definition import Anonymity
from services.gamification.boards.domain.periods import expiry_of

CHUNK = 500

# KEYS definition k z m v s; ARGV time, expiry (Unix time, or empty), then (row, arrival, member, score, sequence,
# choice, appearance, owner) for each; an empty score is none
# (a held arrival is compared as a number: Lua compares texts by the server's locale, not by their bytes)
_APPLY = """
local function number(arrival)
  local n = 0
  for b = 1, 8 do n = n * 256 + string.byte(arrival, b) end
  return n
end
local definition, k, z, m, v, s, changed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], 0
local highest = tonumber(redis.call('HGET', v, 'sequence') or '0')
local function remove(who, held)
  local inverted = {}
  for b = 1, 8 do inverted[b] = string.char(255 - string.byte(held, b)) end
  redis.call('ZREM', z, table.concat(inverted) .. who)
  redis.call('HDEL', m, who)
end
local function show(i, who, held)
  local sequence = tonumber(ARGV[i + 4])
  if held and number(held) >= sequence then return end
  if held then remove(who, held) end
  if ARGV[i + 3] ~= '' then redis.call('ZADD', z, ARGV[i + 3], ARGV[i + 2]) end
  redis.call('HSET', m, who, ARGV[i + 1])
  changed = changed + 1
  if sequence > highest then highest = sequence end
end
for i = 3, #ARGV, 8 do
  local who, choice, appearance = ARGV[i], tonumber(ARGV[i + 5]), ARGV[i + 6]
  local known = tonumber(string.match(redis.call('HGET', s, who) or '0', '^%d+'))
  if choice > known then
    redis.call('HSET', s, who, ARGV[i + 5] .. ':' .. appearance)
    changed = changed + 1
  end
  if ARGV[i + 7] ~= '' then redis.call('HSET', k, who, ARGV[i + 7]) end
  if choice >= known then
    local held = redis.call('HGET', m, who)
    if appearance ~= 'hidden' then
      show(i, who, held)
    elseif held then
      remove(who, held)
      changed = changed + 1
    end
  end
end
if changed > 0 then
  redis.call('HSET', v, 'sequence', string.format('%.0f', highest), 'at', ARGV[1])
  redis.call('HINCRBY', v, 'version', changed)
end
if redis.call('HGET', definition, 'ready') == '1' then redis.call('HSET', v, 'ready', '1') end
if ARGV[2] ~= '' then
  for _, key in ipairs({z, m, v, s}) do redis.call('EXPIREAT', key, ARGV[2]) end
end
return changed
"""

# KEYS definition, then the v of each period; ARGV the mark of this filling: a flush since then has removed it
_FINISH = """
if redis.call('HGET', KEYS[1], 'filling') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'filling')
redis.call('HSET', KEYS[1], 'ready', '1')
for i = 2, #KEYS do redis.call('HSET', KEYS[i], 'ready', '1') end
return 1
"""


class Score(NamedTuple):  # made for each entry, period and board: a dataclass takes three times as long
    """What one ambassador or team shows on one board in one period, or (None) no longer shows.

    `choice` is the version of how they want to appear. `owner` is the keyed hash of the token's subject by which
    somebody under a pseudonym finds themself; empty where everybody may.
    """

    board_id: UUID
    period: str
    row_id: UUID
    milli_points: int | None
    sequence: int
    appearance: Anonymity = "name"
    choice: int = 0
    owner: str = ""


class Projection:
    """The boards in Valkey, as gamification writes them."""

    def __init__(self, valkey: Valkey, *, changed: Callable[[BoardHint], None] = lambda _: None) -> None:
        """Write through `valkey`; `changed` is told after each write that readers see."""
        self._valkey = valkey
        self._changed = changed
        self._apply = valkey.register_script(_APPLY)
        self._finish = valkey.register_script(_FINISH)

    async def missing(self, board_ids: Sequence[UUID]) -> list[UUID]:
        """Return those of the boards that are not complete here: new ones, or all of them after a flush."""
        async with self._valkey.pipeline(transaction=False) as pipeline:
            for board_id in board_ids:
                pipeline.hget(definition_key(board_id), "ready")
            found = await pipeline.execute()
        return [board_id for board_id, ready in zip(board_ids, found, strict=True) if ready != b"1"]

    async def begin(self, board_id: UUID, definition: Mapping[str, str]) -> str:
        """Write what a board is and mark that it is being filled; returns the mark."""
        mark = secrets.token_hex(8)
        await self.define(board_id, {**definition, "filling": mark})
        return mark

    async def define(self, board_id: UUID, definition: Mapping[str, str]) -> None:
        """Write what a board is."""
        values: dict[Any, Any] = dict(definition)  # redis types keys and values as one invariant union
        await self._valkey.hset(definition_key(board_id), mapping=values)
        self._changed(BoardHint(board_id))

    async def finish(self, board_id: UUID, periods: Collection[str], mark: str) -> bool:
        """Let readers see a filled board; false when Valkey was flushed, or another filling began, since `begin`."""
        keys = [definition_key(board_id), *(period_keys(board_id, period)[2] for period in periods)]
        complete = bool(await self._finish(keys=keys, args=[mark]))
        if complete:
            self._changed(BoardHint(board_id))
        return complete

    async def all_ready(self) -> None:
        """Say that every board is here, so that an unknown one is unknown and not pending."""
        await self._valkey.set(READY, "1")

    async def apply(self, scores: Sequence[Score], *, at: datetime) -> None:
        """Show scores; older ones than what is shown change nothing."""
        ordered = sorted(scores, key=lambda score: (score.board_id, score.period))
        hints: dict[BoardHint, None] = {}
        try:
            for (board_id, period), group in groupby(ordered, key=lambda score: (score.board_id, score.period)):
                members = list(group)
                for start in range(0, len(members), CHUNK):
                    if await self._write(board_id, period, members[start : start + CHUNK], at):
                        hints[BoardHint(board_id, period)] = None
        finally:  # in the end all at once: a hint that comes alone makes the next ones wait
            for hint in hints:
                self._changed(hint)

    async def _write(self, board_id: UUID, period: str, scores: Sequence[Score], at: datetime) -> int:
        last = expiry_of(period)
        expiry = int(datetime.combine(last, time(23, 59), UTC).timestamp()) if last else ""
        values: list[Any] = [at.isoformat(), expiry]
        for score in scores:
            values += [
                score.row_id.bytes,
                arrival_bytes(score.sequence),
                member_bytes(score.row_id, score.sequence),
                "" if score.milli_points is None else score.milli_points,
                score.sequence,
                score.choice,
                score.appearance,
                score.owner,
            ]
        keys = [definition_key(board_id), owners_key(board_id), *period_keys(board_id, period)]
        return int(await self._apply(keys=keys, args=values))

    async def shown(self, board_id: UUID, period: str) -> dict[UUID, int]:
        """Return all scores of a period, by ambassador or team."""
        rows: Any = await self._valkey.zrange(period_keys(board_id, period)[0], 0, -1, withscores=True)
        return {UUID(bytes=bytes(member[8:])): int(score) for member, score in rows}
