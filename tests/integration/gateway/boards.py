"""Writes boards into Valkey as gamification does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from libs.auth.person_keys import PersonKeys
from libs.storage.valkey import Valkey
from tests.support.harness import PERSON_KEY

AT = "2026-11-18T11:59:00+00:00"
KEYS = PersonKeys(PERSON_KEY)
LARGEST = 2**64 - 1
Values = dict[Any, Any]  # redis takes a mapping that is invariant in both


def person(number: int) -> UUID:
    """The same ambassador for the same number."""
    return UUID(int=(0xA << 124) | number)


@dataclass
class Board:
    """A board and what its ambassadors have: number → (milli-points, arrival)."""

    valkey: Valkey
    id: UUID = field(default_factory=uuid4)
    programme_id: UUID = field(default_factory=uuid4)
    title: str = "Voices"
    more: dict[str, str] = field(default_factory=dict)

    async def define(self, *, whole: bool = True) -> "Board":
        definition: Values = {
            "programme_id": str(self.programme_id),
            "title": self.title,
            "time_zone": "Europe/Paris",
            "first_day": "2026-09-07",
            **self.more,
            **({"ready": "1"} if whole else {"filling": "mark"}),
        }
        await self.valkey.hset(f"board:{{{self.id}}}", mapping=definition)
        await self.valkey.set("boards:ready", "1")
        return self

    async def write(
        self,
        standings: Mapping[int, tuple[int, int]],
        *,
        period: str = "all",
        sequence: int = 1,
        version: int = 1,
        ready: bool = True,
        appearances: Mapping[int, str] = MappingProxyType({}),
        owners: Mapping[int, str] = MappingProxyType({}),
    ) -> "Board":
        """Replace a period's rows."""
        key = f"board:{{{self.id}}}:{period}"
        await self.valkey.delete(f"{key}:z", f"{key}:m", f"{key}:v", f"{key}:s")
        for number, (milli_points, arrival) in standings.items():
            ambassador = person(number).bytes
            member = (LARGEST - arrival).to_bytes(8, "big") + ambassador
            await self.valkey.zadd(f"{key}:z", {member: milli_points})
            await self.valkey.hset(f"{key}:m", ambassador, arrival.to_bytes(8, "big"))
        for number, appearance in appearances.items():
            await self.valkey.hset(f"{key}:s", person(number).bytes, f"1:{appearance}")
        for number, subject in owners.items():
            await self.valkey.hset(f"board:{{{self.id}}}:k", person(number).bytes, KEYS.of_subject(subject))
        state: Values = {"sequence": sequence, "version": version, "at": AT, **({"ready": "1"} if ready else {})}
        await self.valkey.hset(f"{key}:v", mapping=state)
        return self
