"""A season under other rules: booked and taken back; and the whole log into an empty database."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from libs.events.envelope import Event
from services.gamification.app import MIGRATIONS, replay
from services.gamification.replays import service
from services.gamification.replays.errors import LedgerNotEmpty
from services.gamification.replays.service import simulations
from services.gamification.replays.service.from_log import proof
from services.gamification.settings import Settings
from tests.support.builders import WEDNESDAY, Programme, act, answer, reading
from tests.support.eventually import eventually
from tests.support.harness import Caller, Running, Stage

Balances = dict[tuple[UUID, str], int]
KINDS = ("reaction", "comment", "reshare", "mention", "click")


@pytest.fixture
def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


def busy_season(programme: Programme, seed: int, *, authors: int = 5) -> list[Event]:
    """Some authors with shares of several weeks, what outsiders and colleagues did with them, answers and counts."""
    chance, ids = random.Random(seed), [new_id() for _ in range(authors)]
    events: list[Event] = []
    for author in ids:
        for _ in range(chance.randrange(1, 5)):
            at = WEDNESDAY + timedelta(hours=chance.randrange(24 * 30))
            share = programme.share(author, at=at, copied=chance.randrange(88), parrot=chance.randrange(30_000))
            deeds = [
                act(share, chance.choice(KINDS), f"p{chance.randrange(12)}", hours=chance.randrange(1, 400))
                for _ in range(chance.randrange(9))
            ]
            others = [act(share, "comment", f"c{who}", hours=5, colleague_id=who) for who in ids[:2] if who != author]
            replies = [answer(share, f"p{n}", hours=n) for n in range(chance.randrange(4))]
            sold = [act(share, "conversion", f"v{n}", hours=9) for n in range(chance.randrange(2))]
            events += [share, programme.recorded(*deeds, *others, *replies, *sold)] if [*deeds, *others] else [share]
            gone = [*deeds[::3], *others[:1], *replies[1:2]]
            events += [programme.withdrawn(*gone)] if gone and chance.random() < 0.5 else []
            events.append(programme.counted(reading(share, "reaction", chance.randrange(20))))
    return events


async def balances(gamification: Running, programme: Programme) -> Balances:
    rows = await gamification.rows(
        "SELECT ambassador_id, period, milli_points FROM balance WHERE programme_id = :id", id=programme.id
    )
    return {(row["ambassador_id"], row["period"]): row["milli_points"] for row in rows if row["milli_points"]}


async def entries(gamification: Running, programme: Programme) -> Sequence[Any]:
    return await gamification.rows("SELECT * FROM entry WHERE programme_id = :id ORDER BY sequence", id=programme.id)


def path(programme: Programme, version: int, verb: str = "") -> str:
    return f"/programmes/{programme.id}/rules/{version}{verb}"


async def drafted(manager: Caller, programme: Programme, **body: Any) -> int:
    whole = {"preset": "authentic", "valid_from": "2027-01-06", "note": "Tried.", **body}
    answer_ = await manager.post(f"/programmes/{programme.id}/rules", whole)
    assert answer_.status_code == 201, answer_.text
    return int(answer_.json()["version"])


async def booked(manager: Caller, gamification: Running, programme: Programme, version: int) -> None:
    async def all_booked() -> bool:
        shown = (await manager.get(path(programme, version))).json()
        return all(one["state"] == "booked" for one in shown["activations"])

    await eventually(all_booked)
    await gamification.settled()


async def corrected(manager: Caller, gamification: Running, programme: Programme, version: int) -> int:
    """Correct the season; returns the number of the activation."""
    answer_ = await manager.post(path(programme, version, ":activate"), {"mode": "correction", "season": "S001"})
    assert answer_.status_code == 200, answer_.text
    await booked(manager, gamification, programme, version)
    return int(answer_.json()["number"])


async def taken_back(manager: Caller, gamification: Running, programme: Programme, number: int) -> dict[str, Any]:
    answer_ = await manager.post(f"/programmes/{programme.id}/activations/{number}:reverse")
    assert answer_.status_code == 200, answer_.text
    found: dict[str, Any] = answer_.json()
    await booked(manager, gamification, programme, found["version"])
    return found


async def simulated(manager: Caller, programme: Programme, version: int) -> dict[str, Any]:
    """Everything that a simulation found."""
    asked = await manager.post(path(programme, version, ":simulate"), {"season": "S001"})
    assert asked.status_code == 202, asked.text
    where = f"/programmes/{programme.id}/simulations/{asked.json()['simulation_id']}"

    async def done() -> bool:
        return bool((await manager.get(where)).json()["state"] == "done")

    await eventually(done)
    outcomes = (await manager.get(f"{where}/outcomes", params={"limit": 200})).json()
    found: dict[str, Any] = (await manager.get(where)).json()
    return {**found, **found["figures"], "items": outcomes["items"]}


OTHER_RULES: list[dict[str, Any]] = [
    {"changes": {"people": {"comment": 7, "late_days": 60}, "zeal": {"full_a_week": 1}}},
    {"changes": {"text": {"least": 0.9}, "replies": {"each": 4}, "repeat": {"days": 5}}},
    {"preset": "linear"},
]


@pytest.mark.parametrize("other", OTHER_RULES)
async def test_a_correction_books_what_was_predicted_and_its_reversal_brings_every_balance_back(
    gamification: Running, manager: Caller, programme: Programme, other: dict[str, Any]
) -> None:
    await gamification.hear(*busy_season(programme, 7))
    await gamification.settled()
    before, booked_before = await balances(gamification, programme), await entries(gamification, programme)
    version = await drafted(manager, programme, **other)
    predicted = await simulated(manager, programme, version)
    assert await balances(gamification, programme) == before
    assert await entries(gamification, programme) == booked_before
    await corrected(manager, gamification, programme, version)
    after = await balances(gamification, programme)
    assert after != before
    assert {
        UUID(one["ambassador_id"]): (round(one["points_now"] * 1000), round(one["points_then"] * 1000))
        for one in predicted["items"]
    } == {
        who: (before.get((who, "S001"), 0), after.get((who, "S001"), 0)) for who in {key[0] for key in before | after}
    }
    await corrected(manager, gamification, programme, 1)
    assert await balances(gamification, programme) == before


async def test_a_correction_over_two_versions_gives_each_week_back_to_the_one_that_held_for_it(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await gamification.hear(*busy_season(programme, 37, authors=8))
    await gamification.settled()
    held = await drafted(manager, programme, changes={"people": {"comment": 6}, "replies": {"each": 5}})
    await gamification.rows(  # as if it had been activated in time, from the second of the four busy weeks on
        "WITH final AS (UPDATE rules SET activated_at = now() WHERE programme_id = :id AND version = :version)"
        " INSERT INTO rules_activation VALUES (:id, 1, :version, NULL, '2026-11-09', NULL, now(), NULL, now())"
        " RETURNING 1",
        id=programme.id,
        version=held,
    )
    await gamification.hear(*busy_season(programme, 41, authors=8))
    first = await corrected(manager, gamification, programme, 1)  # settles those who came before the version held
    assert (await taken_back(manager, gamification, programme, first))["mode"] == "reversal"
    before = await balances(gamification, programme)
    versions = "SELECT DISTINCT rules_version FROM entry WHERE programme_id = :id AND cause LIKE 'reversal:%'"
    assert [row["rules_version"] for row in await gamification.rows(versions, id=programme.id)] == [held]
    other = await corrected(manager, gamification, programme, await drafted(manager, programme, preset="linear"))
    assert await balances(gamification, programme) != before
    undone = await taken_back(manager, gamification, programme, other)
    assert await balances(gamification, programme) == before
    assert (undone["reverses"], undone["season"]) == (other, "S001")
    assert (await taken_back(manager, gamification, programme, other))["number"] == undone["number"]
    await gamification.rows("DELETE FROM rules_activation WHERE programme_id = :id RETURNING 1", id=programme.id)
    await corrected(manager, gamification, programme, 1)  # so that the log, which lacks the first, leads here too


async def test_only_a_correction_is_taken_back(gamification: Running, manager: Caller, programme: Programme) -> None:
    def reverse(number: int) -> str:
        return f"/programmes/{programme.id}/activations/{number}:reverse"

    assert (await manager.post(reverse(1))).json()["type"] == "urn:timbre:problem:activation-not-found"
    day = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()  # a week to come, in every time zone
    assert (await manager.post(path(programme, 1, ":activate"), {"mode": "from", "valid_from": day})).status_code == 200
    refused = await manager.post(reverse(1))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:timbre:problem:not-a-correction")
    correction = await corrected(manager, gamification, programme, 1)
    undone = await taken_back(manager, gamification, programme, correction)
    assert (await manager.post(reverse(undone["number"]))).status_code == 409
    foreign = gamification.caller("manager", programmes=[])
    assert (await foreign.post(reverse(correction))).status_code == 403


async def test_entries_of_a_correction_name_the_rules_that_led_to_them(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await gamification.hear(*busy_season(programme, 3))
    await gamification.settled()
    known = len(await entries(gamification, programme))
    version = await drafted(manager, programme, changes={"people": {"reaction": 3}})
    await corrected(manager, gamification, programme, version)
    new = (await entries(gamification, programme))[known:]
    assert {entry["cause"] for entry in new} == {f"rules:{programme.id}:{version}"}
    assert {entry["rules_version"] for entry in new} == {version}


async def test_a_correction_twice_books_nothing_the_second_time(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await gamification.hear(*busy_season(programme, 5))
    version = await drafted(manager, programme, changes={"saturation": {"start": 4}})
    await gamification.settled()
    await corrected(manager, gamification, programme, version)
    once = await entries(gamification, programme)
    await corrected(manager, gamification, programme, version)
    assert await entries(gamification, programme) == once
    assert len((await manager.get(path(programme, version))).json()["activations"]) == 1


async def test_what_is_told_after_a_correction_is_worth_what_the_correction_says(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    version = await drafted(manager, programme, preset="linear")
    await corrected(manager, gamification, programme, version)
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.recorded(act(share, "comment", "c")))
    await gamification.settled()
    assert (await balances(gamification, programme))[author, "all"] == 9000


async def test_a_correction_goes_through_a_programme_in_small_steps(
    gamification: Running, manager: Caller, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    monkeypatch.setattr(simulations, "CHUNK", 2)
    await gamification.hear(*busy_season(programme, 11, authors=7))
    await gamification.settled()
    before = await balances(gamification, programme)
    version = await drafted(manager, programme, preset="linear")
    predicted = await simulated(manager, programme, version)
    assert predicted["ambassadors"] == len(predicted["items"]) == len({who for who, _ in before})
    assert predicted["gaining"] + predicted["losing"] + predicted["unchanged"] == predicted["ambassadors"]
    await corrected(manager, gamification, programme, version)
    after = await balances(gamification, programme)
    assert {round(one["points_then"] * 1000) for one in predicted["items"]} == {
        after.get((who, "S001"), 0) for who, _ in before
    }


async def test_a_correction_that_was_stopped_goes_on_where_it_ended(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await gamification.hear(*busy_season(programme, 13))
    await gamification.settled()
    before = await balances(gamification, programme)
    done = sorted({who for who, _ in before})[1]
    version = await drafted(manager, programme, preset="linear")
    await gamification.rows(
        "WITH final AS (UPDATE rules SET activated_at = now() WHERE programme_id = :id AND version = :version)"
        " INSERT INTO rules_activation VALUES (:id, 1, :version, 'S001', '2026-09-07', '2026-11-30', now(), :done)"
        " RETURNING 1",
        id=programme.id,
        version=version,
        done=done,
    )

    async def booked() -> bool:
        left = "SELECT 1 FROM rules_activation WHERE programme_id = :id AND finished_at IS NULL"
        return not await gamification.rows(left, id=programme.id)

    await eventually(booked)
    after = await balances(gamification, programme)
    assert {who for who, period in before | after if before.get((who, period)) != after.get((who, period))} == {
        who for who, _ in before if who > done
    }
    await corrected(manager, gamification, programme, 1)  # so that the log, which lacks the above, leads here too
    assert await balances(gamification, programme) == before


async def test_facts_that_arrive_while_a_correction_is_booked_count_under_it(
    gamification: Running, manager: Caller, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHUNK", 1)
    await gamification.hear(*busy_season(programme, 29, authors=8))
    version = await drafted(manager, programme, changes={"people": {"comment": 9}})
    async with asyncio.TaskGroup() as together:
        together.create_task(gamification.hear(*busy_season(programme, 31, authors=8)))
        together.create_task(corrected(manager, gamification, programme, version))
    await gamification.settled()
    found = await simulated(manager, programme, version)
    assert (found["unchanged"], found["ambassadors"]) == (16, 16)


async def ambassador(gamification: Running, programme: Programme) -> tuple[UUID, Caller]:
    """Somebody who takes part, with points and a burst on one of their shares."""
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    at = datetime.now(UTC) - timedelta(days=2)
    rushed, calm = programme.share(who, at=at), programme.share(who, at=at + timedelta(hours=3))
    rush = [act(rushed, "reaction", f"{who} {n}", hours=1 + n / 3600) for n in range(25)]
    liked = [act(calm, "comment", f"{who} {n}") for n in range(9)]
    await gamification.hear(
        programme.enrolled(who, subject_key=key), rushed, calm, programme.recorded(*rush), programme.recorded(*liked)
    )
    return who, caller


async def decisions(gamification: Running, programme: Programme) -> None:
    """What people decide beside the evidence: holds and a release, redemptions, leaving the boards, a correction."""
    manager = gamification.caller("manager", programmes=[programme.id])
    people = [await ambassador(gamification, programme) for _ in range(3)]
    await gamification.settled()
    await gamification.app.state.inspector.inspect_due()
    found = (await manager.get(f"/programmes/{programme.id}/holds", params={"state": "held"})).json()["items"]
    assert len(found) == 3
    await manager.post(f"/holds/{found[0]['id']}:release")
    reward = await manager.post(f"/programmes/{programme.id}/rewards", {"name": "A mug", "price": 2})
    for caller, verb in zip((one for _, one in people), (None, ":approve", ":refuse"), strict=True):
        asked = await caller.post(f"/rewards/{reward.json()['id']}:redeem")
        assert asked.status_code == 201, asked.text
        if verb:
            assert (await manager.post(f"/redemptions/{asked.json()['id']}{verb}")).status_code == 200
    for (who, caller), boards in zip(people, ("hidden", "pseudonym", "name"), strict=True):
        assert (await caller.put(f"/ambassadors/{who}/visibility", {"boards": boards})).status_code == 200
    version = await drafted(manager, programme, changes={"people": {"reaction": 3}})
    number = await corrected(manager, gamification, programme, version)
    await taken_back(manager, gamification, programme, number)


async def test_the_log_replayed_into_an_empty_database_gives_equal_balances_to_the_last_byte(
    gamification: Running, stage: Stage, broker: NatsServer
) -> None:
    made = [Programme() for _ in range(2)]
    for seed, programme in enumerate(made):
        await gamification.hear(programme.created(), *busy_season(programme, seed))
    manager = gamification.caller("admin")
    version = await drafted(manager, made[0], changes={"people": {"comment": 7}})
    await gamification.settled()
    await corrected(manager, gamification, made[0], version)
    await gamification.hear(*busy_season(made[0], 23))
    to_come = {"title": "To come", "first_monday": "2028-01-03", "weeks": 20}
    assert (await manager.post(f"/programmes/{made[0].id}/seasons", to_come)).status_code == 201
    await decisions(gamification, made[1])
    await gamification.settled()
    empty = await stage.database("gamification", MIGRATIONS)
    settings = stage.settings(
        Settings, database=empty, nats=broker.url_of("gamification"), valkey_url=stage.servers.valkey.url
    )
    replayed = await replay(settings)
    async with gamification.parts.db.transaction() as tx:
        original = await proof(tx)
    assert replayed == original
    assert original.balances > 20
    assert (original.held_shares, original.redemptions, original.choices) == (2, 3, 3)
    with pytest.raises(LedgerNotEmpty):
        await replay(settings)
