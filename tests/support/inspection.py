"""Nights of inspection in a test: a clock that they move on, and what looks arranged."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.envelope import Event
from libs.events.sharing import SharePublished
from services.gamification.integrity.service import Inspector
from tests.support.builders import Programme, act
from tests.support.clock import MovedClock
from tests.support.harness import Caller, Running

CLOCK = MovedClock()


async def night(gamification: Running) -> int:
    """Let a day pass, and inspect."""
    await gamification.settled()
    CLOCK.forward(days=1)
    inspector: Inspector = gamification.app.state.inspector
    return await inspector.inspect_due()


def lately(days: float = 2) -> datetime:
    return CLOCK.now() - timedelta(days=days)


def rushed(programme: Programme, who: UUID, *, people: int = 25) -> tuple[SharePublished, Event]:
    """A share that so many people react to within a minute, one every two seconds."""
    share = programme.share(who, at=lately())
    deeds = [act(share, "reaction", f"{who} {n}", hours=1 + (2 * n + 1) / 3600) for n in range(people)]
    return share, programme.recorded(*deeds)


async def enrolled(gamification: Running, programme: Programme) -> tuple[UUID, Caller]:
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    await gamification.hear(programme.enrolled(who, subject_key=key))
    return who, caller


def manager_of(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


async def balances(gamification: Running, who: UUID) -> dict[str, int]:
    await gamification.settled()
    rows = await gamification.rows("SELECT period, milli_points FROM balance WHERE ambassador_id = :who", who=who)
    return {row["period"]: row["milli_points"] for row in rows}


async def holds_of(gamification: Running, programme: Programme, **query: str) -> list[Any]:
    page = await manager_of(gamification, programme).get(f"/programmes/{programme.id}/holds", params=query)
    items: list[Any] = page.json()["items"]
    return items
