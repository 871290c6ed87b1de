import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import permutations

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from libs.events.gamification import PointsHeld, PointsReleased
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Touched
from services.gamification.holds import service as holds
from services.gamification.integrity.service import Inspector
from services.gamification.ledger import service as ledger
from tests.support.builders import Programme, act, answer
from tests.support.gamification import gamification_at
from tests.support.harness import Running, Stage
from tests.support.inspection import CLOCK, balances, enrolled, holds_of, lately, manager_of, night, rushed


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    """The service under a clock that each night moves on by a day."""
    async with gamification_at(CLOCK, stage, broker) as running:
        yield running


async def test_a_burst_is_held_told_and_released_exactly(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    share, rush = rushed(programme, who)
    quiet = programme.share(who, at=lately(9))
    await gamification.hear(quiet, share, rush, programme.recorded(answer(share, f"{who} 1")))
    before = await balances(gamification, who)
    await night(gamification)
    held = await balances(gamification, who)
    assert 0 < held["all"] < before["all"]
    (hold,) = await holds_of(gamification, programme)
    assert (hold["kind"], hold["state"], hold["share_ids"]) == ("burst", "held", [str(share.share_id)])
    assert hold["reason"] == "25 people first reacted to one share within 60 seconds."
    assert round(1000 * hold["points"]) == before["all"] - held["all"]
    (mine,) = (await caller.get("/me/holds", params={"language": "fr"})).json()["items"]
    assert mine["reason"].startswith("25 personnes")
    manager = manager_of(gamification, programme)
    released = await manager.post(f"/holds/{hold['id']}:release")
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert await balances(gamification, who) == before
    causes = [row["cause"] for row in await gamification.rows("SELECT cause FROM entry ORDER BY sequence")]
    assert {f"hold:{hold['id']}", f"release:{hold['id']}"} <= set(causes)
    taken = [one for one in await gamification.told(PointsHeld) if str(one.hold_id) == hold["id"]]
    given = [one for one in await gamification.told(PointsReleased) if str(one.hold_id) == hold["id"]]
    assert [one.milli_points for one in taken] == [one.milli_points for one in given] == [before["all"] - held["all"]]


@pytest.mark.parametrize("seed", range(4))
async def test_hold_then_release_returns_every_balance_exactly(
    gamification: Running, programme: Programme, seed: int
) -> None:
    chance = random.Random(seed)
    people = [new_id() for _ in range(4)]
    shares = [programme.share(chance.choice(people), at=lately(chance.uniform(1, 40))) for _ in range(15)]
    deeds = [
        act(
            share,
            chance.choice(("reaction", "comment", "reshare", "click", "conversion")),
            f"{programme.id} {chance.randrange(20)}",
            hours=chance.uniform(0, 300),
            colleague_id=chance.choice([None, *(one for one in people if one != share.ambassador_id)]),
        )
        for share in chance.choices(shares, k=120)
    ]
    await gamification.hear(*shares, programme.recorded(*deeds))
    before = {who: await balances(gamification, who) for who in people}
    settlement: ledger.Settlement = gamification.app.state.settlement
    chosen = {share.share_id: share for share in chance.sample(shares, 6)}
    hold_id = new_id()
    for give_back in (False, True):
        async with gamification.parts.db.transaction() as tx:
            if give_back:
                await holds.give_back(tx, hold_id)
            else:
                await holds.hold_back(tx, hold_id, {one: share.ambassador_id for one, share in chosen.items()})
            touched = Touched()
            await evidence.note_shares(tx, touched, list(chosen))
            await settlement.settle(tx, touched.stretches(), cause="review")
        if not give_back:
            assert {who: await balances(gamification, who) for who in people} != before
    assert {who: await balances(gamification, who) for who in people} == before


async def test_what_was_released_is_not_held_again_and_a_night_is_inspected_once(
    gamification: Running, programme: Programme
) -> None:
    who, _ = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who))
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    await manager_of(gamification, programme).post(f"/holds/{hold['id']}:release")
    inspector: Inspector = gamification.app.state.inspector
    assert await inspector.inspect_due() == 0
    await night(gamification)
    assert [one["state"] for one in await holds_of(gamification, programme)] == ["released"]


async def test_inspectors_at_the_same_time_hold_once(gamification: Running, programme: Programme) -> None:
    who, _ = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who))
    await gamification.settled()
    CLOCK.forward(days=1)
    inspector: Inspector = gamification.app.state.inspector
    await asyncio.gather(*(inspector.inspect_due() for _ in range(4)))
    (hold,) = await holds_of(gamification, programme)
    assert len([one for one in await gamification.told(PointsHeld) if str(one.hold_id) == hold["id"]]) == 1


async def untouched(gamification: Running, programme: Programme, at: datetime, comments: int) -> dict[str, int]:
    """The balances of somebody with the same rush and so many comments, whom no inspection has met."""
    who, _ = await enrolled(gamification, programme)
    share = programme.share(who, at=at)
    deeds = [act(share, "reaction", f"{who} {n}", hours=1 + (2 * n + 1) / 3600) for n in range(25)]
    deeds += [act(share, "comment", f"{who} late {n}", hours=3) for n in range(comments)]
    await gamification.hear(share, programme.recorded(*deeds))
    return await balances(gamification, who)


async def test_facts_that_arrive_during_a_hold_count_when_it_is_released(
    gamification: Running, programme: Programme
) -> None:
    who, _ = await enrolled(gamification, programme)
    share, rush = rushed(programme, who)
    await gamification.hear(share, rush)
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    await gamification.hear(programme.recorded(*(act(share, "comment", f"{who} late {n}", hours=3) for n in range(4))))
    assert (await balances(gamification, who))["all"] == 0
    await manager_of(gamification, programme).post(f"/holds/{hold['id']}:release")
    assert await balances(gamification, who) == await untouched(gamification, programme, share.published_at, 4)


async def test_a_release_and_new_facts_at_the_same_time_end_exact(gamification: Running, programme: Programme) -> None:
    who, _ = await enrolled(gamification, programme)
    share, rush = rushed(programme, who)
    await gamification.hear(share, rush)
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    manager = manager_of(gamification, programme)

    async def more() -> None:
        for n in range(20):
            await gamification.hear(programme.recorded(act(share, "comment", f"{who} late {n}", hours=3)))

    await asyncio.gather(more(), manager.post(f"/holds/{hold['id']}:release"))
    assert await balances(gamification, who) == await untouched(gamification, programme, share.published_at, 20)
    async with gamification.parts.db.transaction() as tx:
        _, wrong = await ledger.audit(tx)
    assert wrong == []


async def test_times_that_a_source_rounded_to_the_minute_are_no_burst(
    gamification: Running, programme: Programme
) -> None:
    who, _ = await enrolled(gamification, programme)
    share = programme.share(who, at=lately().replace(second=0, microsecond=0))
    await gamification.hear(share, programme.recorded(*(act(share, "reaction", f"{who} {n}") for n in range(40))))
    await night(gamification)
    assert await holds_of(gamification, programme) == []


async def test_bought_accounts_on_three_posts_in_a_row_are_held(gamification: Running, programme: Programme) -> None:
    who, _ = await enrolled(gamification, programme)
    shares = [programme.share(who, at=lately(2 + 3 * n)) for n in range(3)]
    deeds = [act(share, "reaction", f"bought {n}", hours=n) for share in shares for n in range(1, 13)]
    await gamification.hear(*shares, programme.recorded(*deeds))
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    assert (hold["kind"], len(hold["share_ids"])) == ("crowd", 3)
    assert hold["figures"] == {"posts": 3, "people": 12, "alike": 100}
    assert (await balances(gamification, who))["all"] == 0
    confirmed = await manager_of(gamification, programme).post(f"/holds/{hold['id']}:confirm")
    assert confirmed.json()["state"] == "confirmed"
    assert (await balances(gamification, who))["all"] == 0


async def test_a_pod_is_told_with_its_list_and_changes_nothing_by_itself(
    gamification: Running, programme: Programme
) -> None:
    people = [await enrolled(gamification, programme) for _ in range(5)]
    shares = {who: programme.share(who, at=lately()) for who, _ in people}
    deeds = [
        act(shares[one], "comment", f"person {other}", hours=2, colleague_id=other)
        for one, other in permutations(shares, 2)
    ]
    await gamification.hear(*shares.values(), programme.recorded(*deeds))
    before = {who: await balances(gamification, who) for who in shares}
    await night(gamification)
    (flag,) = await holds_of(gamification, programme)
    assert (flag["kind"], flag["state"], flag["points"]) == ("pod", "flagged", 0)
    assert set(flag["ambassador_ids"]) == {str(who) for who in shares}
    assert flag["figures"] == {"members": 5, "density": 100, "inside": 100}
    assert {who: await balances(gamification, who) for who in shares} == before
    who, caller = people[0]
    assert (await caller.get("/me/holds")).json()["items"] == []
    await night(gamification)
    assert len(await holds_of(gamification, programme)) == 1
    manager = manager_of(gamification, programme)
    assert (await manager.post(f"/holds/{flag['id']}:confirm")).status_code == 409
    assert (await manager.post(f"/holds/{flag['id']}:hold")).json()["state"] == "held"
    assert (await balances(gamification, who))["all"] < before[who]["all"]
    (mine,) = (await caller.get("/me/holds")).json()["items"]
    assert mine["ambassador_ids"] == [str(who)]
    await manager.post(f"/holds/{flag['id']}:release")
    assert {who: await balances(gamification, who) for who in shares} == before


async def test_a_flag_that_is_dismissed_is_never_shown_to_the_person(
    gamification: Running, programme: Programme
) -> None:
    who, caller = await enrolled(gamification, programme)
    manager = manager_of(gamification, programme)
    await manager.put(f"/programmes/{programme.id}/integrity", {"hold_automatically": False})
    await gamification.hear(*rushed(programme, who))
    await night(gamification)
    (flag,) = await holds_of(gamification, programme, state="flagged")
    assert (await manager.post(f"/holds/{flag['id']}:release")).json()["state"] == "dismissed"
    assert (await caller.get("/me/holds")).json()["items"] == []
    refused = await caller.post(f"/holds/{flag['id']}:answer", {"text": "Why?"})
    assert refused.json()["type"] == "urn:timbre:problem:hold-not-found"


async def test_a_programme_may_choose_to_be_told_only(gamification: Running, programme: Programme) -> None:
    who, _ = await enrolled(gamification, programme)
    manager, path = manager_of(gamification, programme), f"/programmes/{programme.id}/integrity"
    await gamification.hear(*rushed(programme, who))
    before = await balances(gamification, who)
    assert (await manager.get(path)).json() == {"hold_automatically": True}
    assert (await manager.put(path, {"hold_automatically": False})).status_code == 200
    await night(gamification)
    assert [one["state"] for one in await holds_of(gamification, programme)] == ["flagged"]
    assert await balances(gamification, who) == before
    assert (await manager.get(path)).json() == {"hold_automatically": False}


async def test_the_person_answers_and_the_manager_reads_it(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    _, colleague = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who))
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    path = f"/holds/{hold['id']}:answer"
    for text in ("My class", "My class of thirty saw it on the screen."):
        assert (await caller.post(path, {"text": text})).status_code == 200
    (seen,) = await holds_of(gamification, programme)
    assert [(one["ambassador_id"], one["text"]) for one in seen["answers"]] == [
        (str(who), "My class of thirty saw it on the screen.")
    ]
    assert (await colleague.post(path, {"text": "x"})).json()["type"] == "urn:timbre:problem:hold-not-found"
    assert (await colleague.get("/me/holds")).json()["items"] == []
    assert (await caller.post(path, {"text": " "})).status_code == 422


async def test_only_the_programmes_managers_decide(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who))
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    foreign = gamification.caller("manager", programmes=[new_id()])
    for step in ("release", "confirm"):
        assert (await caller.post(f"/holds/{hold['id']}:{step}")).status_code == 403
        assert (await foreign.post(f"/holds/{hold['id']}:{step}")).status_code == 404
    assert (await foreign.get(f"/programmes/{programme.id}/holds")).status_code == 403
    manager = manager_of(gamification, programme)
    assert (await manager.post(f"/holds/{new_id()}:release")).status_code == 404
    assert (await manager.post(f"/holds/{hold['id']}:hold")).json()["type"] == "urn:timbre:problem:hold-decided"


async def test_two_holds_on_one_share_give_it_back_when_both_are_released(
    gamification: Running, programme: Programme
) -> None:
    who, _ = await enrolled(gamification, programme)
    shares = [programme.share(who, at=lately(2 + 3 * n)) for n in range(3)]
    deeds = [act(share, "reaction", f"bought {n}", hours=1 + (2 * n + 1) / 3600) for share in shares for n in range(25)]
    await gamification.hear(*shares, programme.recorded(*deeds))
    before = await balances(gamification, who)
    await night(gamification)
    found = await holds_of(gamification, programme, state="held")
    assert sorted(one["kind"] for one in found) == ["burst", "burst", "burst", "crowd"]
    assert (await balances(gamification, who))["all"] == 0
    manager = manager_of(gamification, programme)
    for n, one in enumerate(sorted(found, key=lambda hold: hold["kind"])):
        assert (await balances(gamification, who))["all"] == 0, n
        await manager.post(f"/holds/{one['id']}:release")
    assert await balances(gamification, who) == before


async def test_a_missed_night_is_caught_up(gamification: Running, programme: Programme) -> None:
    who, _ = await enrolled(gamification, programme)
    await night(gamification)
    await gamification.hear(*rushed(programme, who))
    await gamification.settled()
    CLOCK.forward(days=45)
    await night(gamification)
    assert [one["kind"] for one in await holds_of(gamification, programme)] == ["burst"]


async def test_the_whole_way_of_a_hold_is_in_the_persons_own_ledger(
    gamification: Running, programme: Programme
) -> None:
    """Held at night, read and answered, confirmed by mistake, released: each step an entry with its reason."""
    who, caller = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who))
    before = await balances(gamification, who)
    await night(gamification)
    (hold,) = (await caller.get("/me/holds")).json()["items"]
    assert (hold["state"], hold["ambassador_ids"], hold["points"]) == ("held", [str(who)], before["all"] / 1000)
    answered = await caller.post(f"/holds/{hold['id']}:answer", {"text": "My class saw it on the screen."})
    assert [one["text"] for one in answered.json()["answers"]] == ["My class saw it on the screen."]
    manager = manager_of(gamification, programme)
    (read,) = await holds_of(gamification, programme, state="held")
    assert (read["reason"], len(read["answers"])) == ("25 people first reacted to one share within 60 seconds.", 1)
    for step, left in (("confirm", 0), ("release", before["all"])):
        assert (await manager.post(f"/holds/{hold['id']}:{step}")).status_code == 200
        assert (await balances(gamification, who)).get("all") == left
    query = {"programme_id": str(programme.id), "language": "en"}
    given, taken, *earned = (await caller.get("/me/points", params=query)).json()["entries"]["items"]
    assert (taken["cause"], given["cause"]) == (f"hold:{hold['id']}", f"release:{hold['id']}")
    assert (taken["after"], given["points"]) == (0, -taken["points"])
    assert round(1000 * sum(entry["points"] for entry in earned)) == before["all"]
    why = (await caller.get(f"/me/points/{taken['entry_id']}/why", params={"language": "en"})).json()
    assert "held for a review" in why["sentence"]
    (mine,) = (await caller.get("/me/holds")).json()["items"]
    assert (mine["state"], bool(mine["decided_at"])) == ("released", True)
