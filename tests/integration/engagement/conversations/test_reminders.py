"""A comment that waits is told once, in waking hours, and never when it was answered or dismissed meanwhile."""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.clock import new_id
from services.engagement.app import create_app
from services.engagement.conversations import service
from services.engagement.settings import Settings
from tests.integration.engagement.conversations.talk import ALWAYS, ASKED, Talk
from tests.integration.engagement.play import NOW
from tests.support.clock import MovedClock
from tests.support.eventually import eventually
from tests.support.harness import Running, Stage

DUE = ASKED + timedelta(hours=24)


async def test_a_comment_is_told_once_after_its_time_by_however_many(talk: Talk) -> None:
    author = await talk.enrols()
    url = "https://www.linkedin.com/feed/update/urn:li:activity:82"
    share = await talk.publishes(author.id, post_url=url)
    comments = [await talk.comments(share, ASKED + timedelta(seconds=number)) for number in range(5)]
    await talk.keeper(DUE - timedelta(seconds=1)).work()
    assert await talk.reminded() == []
    await talk.keeper(DUE).work()
    (told,) = await talk.reminded()
    assert told.model_dump(exclude={"interaction_id"}) == {
        "programme_id": talk.programme_id,
        "ambassador_id": author.id,
        "share_id": share.share_id,
        "asked_at": ASKED,
        "waited_minutes": 24 * 60,
        "post_url": url,
    }
    assert str(told.interaction_id) == await talk.id_of(comments[0])
    await asyncio.gather(*(talk.keeper(DUE + timedelta(hours=1)).work() for _ in range(3)))
    await talk.keeper(DUE + timedelta(hours=9)).work()
    ids = [str(one.interaction_id) for one in await talk.reminded()]
    assert sorted(ids) == sorted([await talk.id_of(comment) for comment in comments])
    assert len(await author.sees()) == 5  # being told is not being answered


async def test_more_than_one_transaction_holds_are_all_told(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    share = await talk.publishes()
    for number in range(5):
        await talk.comments(share, ASKED + timedelta(seconds=number))
    await talk.keeper(DUE + timedelta(hours=1)).work()
    assert len(await talk.reminded()) == 5


async def test_what_is_answered_or_dismissed_is_never_told(talk: Talk) -> None:
    author = await talk.enrols()
    share = await talk.publishes(author.id)
    answered, dismissed = await talk.comments(share), await talk.comments(share)
    await talk.answers(share, answered)
    await author.dismisses(await talk.id_of(dismissed))
    await talk.keeper(DUE + timedelta(hours=1)).work()
    assert await talk.reminded() == []


async def test_what_is_being_answered_in_this_moment_is_not_told(talk: Talk) -> None:
    share = await talk.publishes()
    comment = await talk.id_of(await talk.comments(share))
    async with talk.running.parts.db.transaction() as tx:
        answer = text("UPDATE conversation SET answered_at = :at WHERE interaction_id = :id")
        await tx.run(answer, {"at": NOW, "id": comment})
        await asyncio.wait_for(talk.keeper(DUE).work(), timeout=4)  # it does not wait for the row
    await talk.keeper(DUE).work()
    assert await talk.reminded() == []


async def test_a_round_that_fails_tells_nothing_and_the_next_one_tells(talk: Talk) -> None:
    comment = await talk.id_of(await talk.comments(await talk.publishes()))

    async def breaks_off() -> None:
        async with talk.running.parts.db.transaction() as tx:
            assert await service.tell_waiting(tx, talk.programme_id, default=ALWAYS, now=DUE) == 1
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await breaks_off()
    assert await talk.reminded() == []
    await talk.keeper(DUE).work()
    assert [str(one.interaction_id) for one in await talk.reminded()] == [comment]


async def test_quiet_hours_are_those_of_the_programmes_clocks(talk: Talk) -> None:
    await talk.comments(await talk.publishes())
    local = DUE.astimezone(ZoneInfo("Asia/Kolkata"))

    def clocks(at: datetime) -> str:
        return f"{at:%H:%M}"

    await talk.reminds(2, clocks(local - timedelta(hours=1)), clocks(local + timedelta(hours=1)))
    await talk.keeper(DUE).work()
    assert await talk.reminded() == []
    await talk.keeper(DUE + timedelta(hours=1)).work()
    assert len(await talk.reminded()) == 1


async def test_the_service_looks_by_itself_as_its_settings_say(talk: Talk, stage: Stage, settings: Settings) -> None:
    await talk.comments(await talk.publishes())
    chosen = settings.model_copy(update={"remind_after_hours": 24, "quiet_from": time(0), "quiet_until": time(0)})

    async def told() -> bool:
        return len(await talk.reminded()) == 1

    async with stage.running("engagement", create_app, chosen, clock=MovedClock(DUE)):
        await eventually(told, seconds=20)


async def test_a_programme_chooses_when_and_whether(talk: Talk) -> None:
    await talk.comments(await talk.publishes())
    await talk.reminds(None)
    await talk.keeper(DUE + timedelta(days=2)).work()
    assert await talk.reminded() == []
    await talk.reminds(48)
    await talk.keeper(ASKED + timedelta(hours=47)).work()
    assert await talk.reminded() == []
    await talk.keeper(ASKED + timedelta(hours=48)).work()
    assert len(await talk.reminded()) == 1


async def test_nobody_is_sent_back_to_a_comment_of_two_weeks_ago(talk: Talk) -> None:
    await talk.comments(await talk.publishes())
    await talk.keeper(ASKED + timedelta(days=14)).work()
    assert await talk.reminded() == []
    await talk.keeper(ASKED + timedelta(days=14, seconds=-1)).work()
    assert len(await talk.reminded()) == 1


async def test_before_its_programme_is_known_nothing_is_told(engagement: Running) -> None:
    unknown = Talk(engagement)
    await unknown.comments(await unknown.publishes())
    await unknown.keeper(DUE).work()
    assert await unknown.reminded() == []
    await unknown.opens()
    await unknown.keeper(DUE).work()
    assert len(await unknown.reminded()) == 1


async def test_an_event_holds_no_word_and_no_person(talk: Talk) -> None:
    await talk.comments(await talk.publishes(), person="Very Special Name")
    await talk.keeper(DUE).work()
    (told,) = await talk.reminded()
    assert "special" not in told.model_dump_json().casefold()
    assert talk.key("Very Special Name") not in told.model_dump_json()


async def test_the_choice_is_that_of_the_settings_until_one_is_made(talk: Talk) -> None:
    path = f"/programmes/{talk.programme_id}/reminders"
    analyst = talk.running.caller("analyst")
    given = {"after_hours": 168, "quiet_from": "20:00", "quiet_until": "08:00"}
    assert (await analyst.get(path)).json() == given
    await talk.reminds(6, "19:30", "07:45")
    await talk.reminds(7, "19:30", "07:45")
    assert (await analyst.get(path)).json() == {"after_hours": 7, "quiet_from": "19:30", "quiet_until": "07:45"}
    assert (await analyst.put(path, given)).status_code == 403
    assert (await talk.running.caller("manager", programmes=[new_id()]).put(path, given)).status_code == 403
    assert (await talk.running.caller("manager").put(f"/programmes/{new_id()}/reminders", given)).status_code == 404
    assert (await talk.running.caller("manager").get(f"/programmes/{new_id()}/reminders")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("after_hours", 0), ("after_hours", 169), ("after_hours", "soon"), ("quiet_from", "24:00"), ("quiet_until", "8")],
)
async def test_a_wrong_choice_is_named(talk: Talk, field: str, value: object) -> None:
    body = {"after_hours": 6, "quiet_from": "20:00", "quiet_until": "08:00", field: value}
    answer = await talk.running.caller("manager").put(f"/programmes/{talk.programme_id}/reminders", body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
