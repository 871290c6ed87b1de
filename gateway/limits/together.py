"""GCRA in Valkey: one moment for each key, by the server's own time, the same for all processes."""

import asyncio

from gateway.limits.allowance import Allowance, Policy
from libs.storage.pipelined import Pipelined
from libs.storage.resp import Script, packed

MICROSECONDS = 1_000_000
# In: microseconds for each call, and those of the window. Out: microseconds to wait (0 when it was let in), and until
# nothing is used. A moment further ahead than a window was written by another clock and is brought back to it.
SCRIPT = Script(
    """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local before = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or now), now), now + window)
local after = before + interval
if after - now > window then return {after - now - window, before - now} end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PXAT', string.format('%.0f', math.ceil(after / 1000)))
return {0, after - now}
""",
    keys=1,
)


class Together:
    """Counts the calls of one class in Valkey."""

    def __init__(self, valkey: Pipelined, name: str, policy: Policy, *, patience: float) -> None:
        """Wait `patience` seconds for an answer at most."""
        self._valkey = valkey
        self._name = name
        self._arguments = round(policy.interval * MICROSECONDS), policy.limit.window * MICROSECONDS
        self._patience = patience

    async def take(self, key: str) -> Allowance:
        """Let one call in if there is allowance for it. Raises ValkeyError, TimeoutError."""
        # the braces keep all classes of one person on one server of a cluster
        written = packed(f"limit:{{{key}}}:{self._name}")
        async with asyncio.timeout(self._patience):
            wait, used = await self._valkey.script(SCRIPT, written, *self._arguments)
        return Allowance(wait / MICROSECONDS, used / MICROSECONDS)
