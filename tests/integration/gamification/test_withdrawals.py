"""What was taken back earns nothing any more: the ledger says so in entries of its own."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.engagement import InteractionsRecorded
from libs.events.envelope import Event
from libs.events.gamification import PointsAwarded
from tests.support.builders import WEDNESDAY, Programme, act, answer, example_a
from tests.support.harness import Running


async def balances(gamification: Running, ambassador: UUID) -> dict[str, int]:
    await gamification.settled()
    found = await gamification.rows(
        "SELECT period, milli_points FROM balance WHERE ambassador_id = :who AND milli_points <> 0", who=ambassador
    )
    return {row["period"]: row["milli_points"] for row in found}


async def counters(gamification: Running, ambassador: UUID) -> dict[str, int]:
    found = await gamification.rows(
        "SELECT name, value FROM counter WHERE ambassador_id = :who AND value <> 0", who=ambassador
    )
    return {row["name"]: row["value"] for row in found}


async def entries(gamification: Running, ambassador: UUID) -> list[Any]:
    return await gamification.rows("SELECT * FROM entry WHERE ambassador_id = :who ORDER BY sequence", who=ambassador)


async def hear_apart(gamification: Running, *events: Event) -> None:
    """Tell each in a partition of its own, so that they arrive in any order and at once."""
    await asyncio.gather(*(gamification.hear(event, key=str(new_id())) for event in events))


async def test_the_points_go_and_an_entry_says_why(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    kept, gone = act(share, "comment", "Ada"), act(share, "reshare", "Bob")
    await gamification.hear(share, programme.recorded(kept))
    before = await balances(gamification, author)
    await gamification.hear(programme.recorded(gone))
    with_it = await balances(gamification, author)
    assert with_it["all"] > before["all"]
    await gamification.hear(programme.withdrawn(gone))
    assert await balances(gamification, author) == before
    last = (await entries(gamification, author))[-1]
    assert (last["cause"], last["after"] - last["before"]) == (
        f"withdrawn:{gone.interaction_id}",
        before["all"] - with_it["all"],
    )
    told = [one for one in await gamification.told(PointsAwarded) if one.ambassador_id == author]
    assert told[-1].factors["reshares"] == 0


async def test_another_action_of_the_same_kind_by_the_same_person_still_counts(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    share = programme.share(author)
    first, second = act(share, "comment", "Ada", hours=1), act(share, "comment", "Ada", hours=2)
    await gamification.hear(share, programme.recorded(first, second))
    both = await balances(gamification, author)
    await gamification.hear(programme.withdrawn(first))
    assert await balances(gamification, author) == both
    await gamification.hear(programme.withdrawn(second))
    assert (await balances(gamification, author)).get("all", 0) < both["all"]


@pytest.mark.parametrize("order", ["after", "before", "in one batch", "anyhow"])
async def test_in_whichever_order_they_come_the_end_is_that_of_a_world_without_it(
    gamification: Running, programme: Programme, order: str
) -> None:
    author, other = new_id(), new_id()
    share, *whole = example_a(programme, author)
    plain, *without = example_a(programme, other)
    assert isinstance(whole[0], InteractionsRecorded)
    removed = (*whole[0].interactions[3:9], whole[0].interactions[-1])
    places = [whole[0].interactions.index(one) for one in removed]
    taken = programme.withdrawn(*removed)
    assert isinstance(without[0], InteractionsRecorded)
    left = [one for place, one in enumerate(without[0].interactions) if place not in places]
    await gamification.hear(plain, programme.recorded(*left), *without[1:])
    if order == "after":
        await gamification.hear(share, *whole)
        await gamification.settled()
        await gamification.hear(taken)
    elif order == "before":
        await gamification.hear(taken)
        await gamification.settled()
        await gamification.hear(share, *whole)
    elif order == "in one batch":
        await gamification.hear(share, taken, *whole, taken)
    else:
        chance = random.Random(7)
        split = [programme.withdrawn(one) for one in removed]
        told = [share, *split, *split, *(programme.recorded(one) for event in whole for one in event.interactions)]  # type: ignore[attr-defined]
        chance.shuffle(told)
        await hear_apart(gamification, *told)
    assert await balances(gamification, author) == await balances(gamification, other)
    assert await counters(gamification, author) == await counters(gamification, other)


async def test_twice_taken_back_books_nothing_more_and_told_again_it_earns_nothing(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    share = programme.share(author)
    gone = act(share, "comment", "Ada")
    await gamification.hear(share, programme.recorded(gone), programme.withdrawn(gone))
    held, booked = await balances(gamification, author), await entries(gamification, author)
    await gamification.hear(programme.withdrawn(gone), programme.recorded(gone), programme.withdrawn(gone))
    assert await balances(gamification, author) == held
    assert await entries(gamification, author) == booked
    assert "comments" not in await counters(gamification, author)


async def test_an_answer_and_a_conversion_that_are_taken_back_leave_their_weeks_empty(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    share = programme.share(author)
    replied, sold = answer(share, "Ada"), act(share, "conversion", "v1", hours=24 * 9)
    later = act(share, "conversion", "v1", hours=24 * 20)
    await gamification.hear(share, programme.recorded(replied))
    await gamification.settled()
    await gamification.hear(programme.recorded(sold, later))
    await gamification.settled()
    assert {row["kind"] for row in await entries(gamification, author) if row["after"]} >= {"replies", "conversions"}
    await gamification.hear(programme.withdrawn(replied, sold))
    await gamification.settled()
    lines = await gamification.rows(
        "SELECT week, kind FROM line WHERE ambassador_id = :who AND milli_points > 0 AND kind <> 'share'", who=author
    )
    assert [tuple(row.values()) for row in lines] == [("2026-W48", "conversions")]
    other = new_id()
    await gamification.hear(programme.withdrawn(later), programme.share(other))
    assert await balances(gamification, author) == await balances(gamification, other)
    assert (await counters(gamification, author)).keys() == {"shares", "streak_weeks"}


async def test_colleagues_are_worth_more_once_a_favour_that_was_returned_is_taken_back(
    gamification: Running, programme: Programme
) -> None:
    """Each likes the other's share: what is taken from one changes the weeks of both."""
    one, other = sorted(new_id() for _ in range(2))
    plain, lone = sorted(new_id() for _ in range(2))
    for first, second, taking in ((one, other, True), (plain, lone, False)):
        mine, yours = programme.share(first), programme.share(second, at=WEDNESDAY + timedelta(days=1))
        favour = act(mine, "comment", f"{second}", colleague_id=second)
        back = [act(yours, "comment", f"{first}", hours=n, colleague_id=first) for n in (1, 2)]
        await gamification.hear(mine, yours, programme.recorded(*back))
        if taking:
            await gamification.hear(programme.recorded(favour))
            await gamification.settled()
            await gamification.hear(programme.withdrawn(favour))
    assert await balances(gamification, one) == await balances(gamification, plain)
    assert await balances(gamification, other) == await balances(gamification, lone)


async def test_a_withdrawal_before_its_programme_is_known_holds_when_it_is(gamification: Running) -> None:
    late, author = Programme(), new_id()
    share = late.share(author)
    kept, gone = act(share, "comment", "Ada"), act(share, "comment", "Bob")
    await gamification.hear(late.withdrawn(gone), share, late.recorded(kept, gone))
    await gamification.settled()
    await gamification.hear(late.created())
    other = new_id()
    plain = late.share(other)
    await gamification.hear(plain, late.recorded(act(plain, "comment", "Ada")))
    assert await balances(gamification, author) == await balances(gamification, other) != {}
