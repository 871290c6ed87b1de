import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.gamification import RedemptionChanged, RewardRedeemed
from tests.support.builders import Programme, act, example_a, reading
from tests.support.harness import Caller, Running


async def enrolled(gamification: Running, programme: Programme) -> tuple[UUID, Caller]:
    """An ambassador with 25.12 points, and their token."""
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    await gamification.hear(programme.enrolled(who, subject_key=key), *example_a(programme, who))
    return who, caller


async def offered(gamification: Running, programme: Programme, **reward: Any) -> str:
    await gamification.settled()
    manager = gamification.caller("manager", programmes=[programme.id])
    made = await manager.post(f"/programmes/{programme.id}/rewards", {"name": "A mug", "price": 10, **reward})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def purse(caller: Caller, who: UUID) -> Any:
    return (await caller.get(f"/ambassadors/{who}/redemptions")).json()


async def left(gamification: Running, reward: str) -> int:
    (row,) = await gamification.rows("SELECT stock FROM reward WHERE id = CAST(:id AS uuid)", id=UUID(reward))
    return int(row["stock"])


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:timbre:problem:")


async def test_a_redemption_takes_from_what_can_be_spent_and_never_from_the_ledger(
    gamification: Running, programme: Programme
) -> None:
    who, caller = await enrolled(gamification, programme)
    reward = await offered(gamification, programme, stock=3)
    asked = await caller.post(f"/rewards/{reward}:redeem")
    assert (asked.status_code, asked.json()["state"], asked.json()["price"]) == (201, "requested", 10)
    held = await purse(caller, who)
    assert (held["lifetime_points"], held["spent_points"], held["spendable_points"]) == (25.12, 10, 15.12)
    assert [one["id"] for one in held["redemptions"]["items"]] == [asked.json()["id"]]
    assert await left(gamification, reward) == 2
    events = [one for one in await gamification.told(RewardRedeemed) if one.ambassador_id == who]
    assert [event.milli_points for event in events] == [10_000]


async def test_without_balance_nothing_changes(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    reward = await offered(gamification, programme, price=26, stock=1)
    assert slug(await caller.post(f"/rewards/{reward}:redeem")) == (409, "not-enough-points")
    held = await purse(caller, who)
    assert (held["spendable_points"], held["redemptions"]["items"]) == (25.12, [])
    assert await left(gamification, reward) == 1


async def test_two_people_never_get_the_last_one(gamification: Running, programme: Programme) -> None:
    people = [await enrolled(gamification, programme) for _ in range(20)]
    reward = await offered(gamification, programme, stock=1)
    answers = await asyncio.gather(*(caller.post(f"/rewards/{reward}:redeem") for _, caller in people))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {slug(answer)[1] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    assert await left(gamification, reward) == 0


async def test_one_person_in_a_hurry_never_spends_more_than_they_have(
    gamification: Running, programme: Programme
) -> None:
    who, caller = await enrolled(gamification, programme)
    rewards = [await offered(gamification, programme) for _ in range(4)]
    answers = await asyncio.gather(*(caller.post(f"/rewards/{rewards[n % 4]}:redeem") for n in range(20)))
    assert [answer.status_code for answer in answers].count(201) == 2
    assert (await purse(caller, who))["spendable_points"] == 5.12


async def test_the_same_key_redeems_once(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    reward = await offered(gamification, programme)
    key = {"Idempotency-Key": "mug"}
    answers = [await caller.post(f"/rewards/{reward}:redeem", headers=key) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await purse(caller, who))["spent_points"] == 10


async def test_one_person_may_have_so_many(gamification: Running, programme: Programme) -> None:
    _, caller = await enrolled(gamification, programme)
    reward = await offered(gamification, programme, price=1, per_person=1)
    assert (await caller.post(f"/rewards/{reward}:redeem")).status_code == 201
    assert slug(await caller.post(f"/rewards/{reward}:redeem")) == (409, "redemption-limit-reached")


@pytest.mark.parametrize("ending", ["refuse", "cancel"])
async def test_what_is_refused_or_cancelled_gives_points_and_stock_back(
    gamification: Running, programme: Programme, ending: str
) -> None:
    who, caller = await enrolled(gamification, programme)
    manager = gamification.caller("manager", programmes=[programme.id])
    reward = await offered(gamification, programme, stock=1, per_person=1)
    asked = (await caller.post(f"/rewards/{reward}:redeem")).json()["id"]
    assert (await manager.post(f"/redemptions/{asked}:approve")).json()["state"] == "approved"
    by = manager if ending == "refuse" else caller
    assert (await by.post(f"/redemptions/{asked}:{ending}")).status_code == 200
    assert (await purse(caller, who))["spendable_points"] == 25.12
    assert await left(gamification, reward) == 1
    assert slug(await by.post(f"/redemptions/{asked}:{ending}")) == (409, "redemption-closed")
    assert (await caller.post(f"/rewards/{reward}:redeem")).status_code == 201
    moves = [one for one in await gamification.told(RedemptionChanged) if one.ambassador_id == who]
    ended = {"refuse": "refused", "cancel": "cancelled"}[ending]
    assert [(one.before, one.state) for one in moves] == [("requested", "approved"), ("approved", ended)]


async def test_two_managers_who_refuse_at_once_give_back_once(gamification: Running, programme: Programme) -> None:
    _, caller = await enrolled(gamification, programme)
    manager = gamification.caller("manager", programmes=[programme.id])
    reward = await offered(gamification, programme, stock=1)
    asked = (await caller.post(f"/rewards/{reward}:redeem")).json()["id"]
    answers = await asyncio.gather(*(manager.post(f"/redemptions/{asked}:refuse") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert await left(gamification, reward) == 1


async def test_what_is_delivered_stays_spent(gamification: Running, programme: Programme) -> None:
    _, caller = await enrolled(gamification, programme)
    manager = gamification.caller("manager", programmes=[programme.id])
    reward = await offered(gamification, programme)
    asked = (await caller.post(f"/rewards/{reward}:redeem")).json()["id"]
    assert slug(await manager.post(f"/redemptions/{asked}:deliver")) == (409, "redemption-closed")
    await manager.post(f"/redemptions/{asked}:approve")
    await manager.post(f"/redemptions/{asked}:deliver")
    assert slug(await caller.post(f"/redemptions/{asked}:cancel")) == (409, "redemption-closed")
    listed = await manager.get(f"/programmes/{programme.id}/redemptions", params={"state": "delivered"})
    assert [one["id"] for one in listed.json()["items"]] == [asked]


async def test_a_correction_below_what_was_spent_shows_and_punishes_nothing(
    gamification: Running, programme: Programme
) -> None:
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    share = programme.share(who)
    many, few = reading(share, "reaction", 60, days=1), reading(share, "reaction", 0, days=2)
    await gamification.hear(programme.enrolled(who, subject_key=key), share, programme.counted(many))
    reward = await offered(gamification, programme)
    asked = await caller.post(f"/rewards/{reward}:redeem")
    assert asked.status_code == 201, asked.text
    await gamification.hear(programme.counted(few))
    await gamification.settled()
    held = await purse(caller, who)
    assert held["spendable_points"] < 0
    assert held["redemptions"]["items"][0]["state"] == "requested"
    assert slug(await caller.post(f"/rewards/{reward}:redeem")) == (409, "not-enough-points")


async def test_a_changed_price_is_not_that_of_earlier_redemptions(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    manager = gamification.caller("manager", programmes=[programme.id])
    reward = await offered(gamification, programme)
    await caller.post(f"/rewards/{reward}:redeem")
    changed = await manager.put(f"/rewards/{reward}", {"name": "A mug", "price": 24, "stock": 7})
    assert (changed.json()["price"], changed.json()["stock"]) == (24, 7)
    assert (await purse(caller, who))["spent_points"] == 10
    listed = (await caller.get(f"/programmes/{programme.id}/rewards")).json()["items"]
    assert [(one["id"], one["price"]) for one in listed] == [(reward, 24)]


async def test_others_neither_see_nor_touch(gamification: Running, programme: Programme) -> None:
    who, caller = await enrolled(gamification, programme)
    _, colleague = await enrolled(gamification, programme)
    foreign = gamification.caller("manager", programmes=[new_id()])
    outsider = gamification.caller("ambassador", programmes=[programme.id])
    reward = await offered(gamification, programme)
    asked = (await caller.post(f"/rewards/{reward}:redeem")).json()["id"]
    assert slug(await colleague.get(f"/ambassadors/{who}/redemptions")) == (403, "not-yours")
    assert slug(await colleague.post(f"/redemptions/{asked}:cancel")) == (403, "not-yours")
    assert slug(await colleague.post(f"/redemptions/{asked}:approve")) == (403, "missing-scope")
    assert slug(await foreign.post(f"/redemptions/{asked}:approve")) == (404, "redemption-not-found")
    assert slug(await foreign.put(f"/rewards/{reward}", {"name": "x", "price": 1})) == (404, "reward-not-found")
    assert slug(await outsider.post(f"/rewards/{reward}:redeem")) == (404, "ambassador-not-found")
    assert slug(await caller.post(f"/rewards/{new_id()}:redeem")) == (404, "reward-not-found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 0),
        ("price", 1.5),
        ("price", 10_000_001),
        ("stock", -1),
        ("stock", 2**70),
        ("per_person", 0),
        ("name", " "),
        ("name", "\x00"),
        ("colour", 1),
    ],
)
async def test_a_reward_that_makes_no_sense_is_refused_with_its_field(
    gamification: Running, programme: Programme, field: str, value: Any
) -> None:
    manager = gamification.caller("manager", programmes=[programme.id])
    body = {"name": "A mug", "price": 10, field: value}
    answer = await manager.post(f"/programmes/{programme.id}/rewards", body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


async def test_a_late_reaction_can_be_spent_at_once(gamification: Running, programme: Programme) -> None:
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    share = programme.share(who)
    await gamification.hear(programme.enrolled(who, subject_key=key), share)
    reward = await offered(gamification, programme, price=3)
    assert (await caller.post(f"/rewards/{reward}:redeem")).status_code == 409
    await gamification.hear(programme.recorded(*(act(share, "comment", f"p{n}") for n in range(5))))
    await gamification.settled()
    assert (await caller.post(f"/rewards/{reward}:redeem")).status_code == 201


async def test_fifty_claims_at_once_get_exactly_what_is_in_stock(gamification: Running, programme: Programme) -> None:
    people = [await enrolled(gamification, programme) for _ in range(10)]
    reward = await offered(gamification, programme, price=1, stock=7)
    claims = [caller.post(f"/rewards/{reward}:redeem") for _, caller in people for _ in range(5)]
    answers = await asyncio.gather(*claims)
    assert sorted(answer.status_code for answer in answers) == [201] * 7 + [409] * 43
    assert {slug(answer)[1] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    assert await left(gamification, reward) == 0
    query = "SELECT sum(price) AS spent, count(*) AS given FROM redemption WHERE reward_id = CAST(:id AS uuid)"
    (row,) = await gamification.rows(query, id=UUID(reward))
    assert (int(row["spent"]), row["given"]) == (7000, 7)
    purses = [(await purse(caller, who))["spent_points"] for who, caller in people]
    assert sum(purses) == 7
