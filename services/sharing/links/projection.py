"""Writing links to Valkey: absolute, fenced by version, in any order, any number of times; a flush is noticed."""

import secrets
from collections.abc import Sequence

from libs.storage.valkey import Valkey
from services.sharing.links.domain.shown import FILLING, READY, link_key, link_value
from services.sharing.links.tables import Link

# KEYS the links; ARGV their values, which begin with the version in four bytes
_SHOW = """
local function version(value)
  local a, b, c, d = string.byte(value, 1, 4)
  return ((a * 256 + b) * 256 + c) * 256 + d
end
for i = 1, #KEYS do
  local held = redis.call('GET', KEYS[i])
  if not held or version(held) < version(ARGV[i]) then redis.call('SET', KEYS[i], ARGV[i]) end
end
"""
# KEYS ready, filling; ARGV the mark of this filling: a flush since then has removed it
_FINISH = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], '1')
return 1
"""


class LinkProjection:
    """The links in Valkey, as sharing writes them."""

    def __init__(self, valkey: Valkey) -> None:
        """Write through `valkey`."""
        self._valkey = valkey
        self._show = valkey.register_script(_SHOW)
        self._finish = valkey.register_script(_FINISH)

    async def is_whole(self) -> bool:
        """Whether every link is there, as far as is known: not after a flush."""
        return bool(await self._valkey.get(READY) == b"1")

    async def show(self, links: Sequence[Link]) -> None:
        """Show links as they are; a later version than what is given stays."""
        if links:
            values = [link_value(row.version, row.id, None if row.disabled_at else row.target) for row in links]
            await self._show(keys=[link_key(row.code) for row in links], args=values)

    async def begin(self) -> str:
        """Mark that all are being written; returns the mark."""
        mark = secrets.token_hex(8)
        await self._valkey.set(FILLING, mark)
        return mark

    async def finish(self, mark: str) -> bool:
        """Let readers know that a missing link is none; false after a flush, or when another filling began since."""
        return bool(await self._finish(keys=[READY, FILLING], args=[mark]))
