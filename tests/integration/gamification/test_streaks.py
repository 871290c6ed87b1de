from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from tests.support.builders import Programme, answer
from tests.support.clock import MovedClock
from tests.support.gamification import gamification_at
from tests.support.harness import Caller, Running, Stage

WEEK = timedelta(weeks=1)
SUNDAY = datetime(2026, 10, 4, 20, tzinfo=UTC)  # four weeks around the end of summer time in Europe
CLOCK = MovedClock(SUNDAY + 4 * WEEK)  # Sunday, 1 November


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    async with gamification_at(CLOCK, stage, broker) as running:
        yield running


@pytest.fixture
async def author(gamification: Running, programme: Programme) -> UUID:
    made = new_id()
    key = gamification.parts.person_keys.of_subject(str(made))
    await gamification.hear(programme.enrolled(made, subject_key=key))
    await gamification.settled()
    return made


def caller(gamification: Running, programme: Programme, author: UUID) -> Caller:
    return gamification.caller("ambassador", programmes=[programme.id], subject=str(author))


async def streak(gamification: Running, programme: Programme, author: UUID) -> Any:
    await gamification.settled()
    return (await caller(gamification, programme, author).get(f"/ambassadors/{author}/streak")).json()


async def test_late_sunday_evenings_are_weeks_in_a_row_across_a_clock_change(
    gamification: Running, programme: Programme, author: UUID
) -> None:
    shares = [programme.share(author, at=SUNDAY + n * WEEK) for n in range(5)]
    await gamification.hear(*shares[::-1])
    found = await streak(gamification, programme, author)
    assert (found["current"], found["longest"], found["frozen"]) == (5, 5, [])
    assert (found["target"], found["time_zone"], found["paused"]) == (1, "Europe/Paris", False)


async def test_an_answer_keeps_a_streak_and_a_missed_week_is_frozen(
    gamification: Running, programme: Programme, author: UUID
) -> None:
    share = programme.share(author, at=SUNDAY)
    await gamification.hear(share, programme.recorded(answer(share, "guest", hours=7 * 24)))
    await gamification.hear(programme.share(author, at=SUNDAY + 3 * WEEK))
    found = await streak(gamification, programme, author)
    assert (found["current"], found["frozen"]) == (3, ["2026-W42"])


async def test_a_late_share_mends_a_streak_whenever_it_is_told(
    gamification: Running, programme: Programme, author: UUID
) -> None:
    shares = [programme.share(author, at=SUNDAY + n * WEEK) for n in range(5)]
    await gamification.hear(shares[0], shares[3], shares[4])
    assert (await streak(gamification, programme, author))["current"] == 2
    await gamification.hear(shares[1], shares[2])
    assert (await streak(gamification, programme, author))["current"] == 5


async def test_a_person_chooses_target_zone_and_pause(
    gamification: Running, programme: Programme, author: UUID
) -> None:
    me = caller(gamification, programme, author)
    await gamification.hear(*(programme.share(author, at=SUNDAY + n * WEEK) for n in range(4)))
    assert (await streak(gamification, programme, author))["current"] == 4
    body = {"target": 2, "time_zone": "America/New_York", "paused": True}
    chosen = await me.put(f"/ambassadors/{author}/cadence", body)
    assert {name: chosen.json()[name] for name in body} == body
    CLOCK.forward(weeks=10)
    assert (await streak(gamification, programme, author))["current"] == 4
    await me.put(f"/ambassadors/{author}/cadence", {**body, "paused": False})
    CLOCK.forward(weeks=3)
    found = await streak(gamification, programme, author)
    CLOCK.forward(weeks=-13)
    assert (found["current"], found["longest"]) == (0, 4)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"target": 0}, "target"), ({"target": 15}, "target"), ({"time_zone": "Mars/Olympus"}, "time_zone")],
)
async def test_a_cadence_that_makes_no_sense_is_refused(
    gamification: Running, programme: Programme, author: UUID, wrong: dict[str, object], field: str
) -> None:
    body = {"target": 1, "time_zone": "Europe/Paris", **wrong}
    answered = await caller(gamification, programme, author).put(f"/ambassadors/{author}/cadence", body)
    assert (answered.status_code, answered.json()["errors"][0]["field"]) == (422, field)


async def test_only_the_ambassador_sees_and_sets_their_streak(
    gamification: Running, programme: Programme, author: UUID
) -> None:
    other = gamification.caller("ambassador", programmes=[programme.id])
    manager = gamification.caller("manager", programmes=[programme.id])
    body = {"target": 1, "time_zone": "Europe/Paris"}
    assert (await other.get(f"/ambassadors/{author}/streak")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await other.put(f"/ambassadors/{author}/cadence", body)).status_code == 403
    assert (await manager.get(f"/ambassadors/{author}/streak")).status_code == 403
    assert (await other.get(f"/ambassadors/{new_id()}/streak")).status_code == 404
