"""Alerts speak when they should, say why, and stay silent one step before."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.clock import new_id
from libs.events.sharing import SharePublished
from tests.integration.engagement.measures.past import NOW, Past

DAY = timedelta(days=1)
DISMISSED = text("""
    INSERT INTO conversation (interaction_id, programme_id, ambassador_id, share_id, person, asked_at, dismissed_at)
    VALUES (:interaction_id, :programme_id, :ambassador_id, :share_id, :person, :occurred_at, :dismissed_at)
""")


async def alerts(past: Past) -> dict[tuple[str, str], dict[str, Any]]:
    await past.told()
    found = await past.get(f"/programmes/{past.programme_id}/alerts")
    assert datetime.fromisoformat(found["at"]) == NOW
    return {(item["kind"], item["scope"]): item for item in found["items"]}


def quiet(past: Past, number: int, *, at: datetime = NOW - 5 * DAY, **other: Any) -> list[SharePublished]:
    return [past.share(at + timedelta(minutes=n), **other) for n in range(number)]


async def test_twelve_shares_without_any_reaction(past: Past) -> None:
    item = new_id()
    quiet(past, 12, item_id=item)
    found = await alerts(past)
    alert = found["shares_without_reaction", "programme"]
    assert alert["reason"] == "the latest 12 shares drew no reaction, comment, reshare, mention or click"
    assert (alert["people"], datetime.fromisoformat(alert["since"])) == (12, NOW - 5 * DAY)
    of_item = found["shares_without_reaction", "item"]
    assert (of_item["scope_id"], of_item["reason"][:13]) == (str(item), "all 12 shares")


async def test_people_are_not_counted_out_below_five(past: Past) -> None:
    quiet(past, 12, ambassador_id=new_id())
    assert (await alerts(past))["shares_without_reaction", "programme"]["people"] is None


@pytest.mark.parametrize("what", ["eleven", "a click", "a report", "too young", "too old"])
async def test_no_alert_where_somebody_reacted_or_too_little_was_shared(past: Past, what: str) -> None:
    age = {"too young": timedelta(hours=47), "too old": 40 * DAY}.get(what, 5 * DAY)
    shares = quiet(past, 11 if what == "eleven" else 12, at=NOW - age, item_id=new_id())
    if what == "a click":
        past.act(shares[3], "click")
    if what == "a report":
        past.read(shares[3], "reaction", 1)
    assert [kind for kind, _ in await alerts(past)] == []


async def test_what_is_no_sign_of_life_does_not_silence_the_alert(past: Past) -> None:
    shares = quiet(past, 12)
    past.act(shares[0], "reaction", colleague_id=shares[0].ambassador_id)  # by the author
    past.read(shares[1], "reaction", 0)
    past.read(shares[2], "reaction", 9, provenance="estimated")
    past.read(shares[3], "impression", 900)
    assert ("shares_without_reaction", "programme") in await alerts(past)


async def test_comments_that_nobody_has_answered_for_three_days(past: Past) -> None:
    share = past.share(NOW - 10 * DAY)
    answered = past.act(share, "comment", hours=1)
    past.answer(share, answered)
    past.act(share, "comment", hours=2)
    past.act(share, "comment", hours=3, colleague_id=new_id())
    past.act(share, "comment", hours=4, colleague_id=share.ambassador_id)  # one's own does not wait
    past.act(share, "comment", hours=24 * 10 - 71)
    alert = (await alerts(past))["comments_unanswered", "programme"]
    assert alert["reason"] == "2 comments have waited for an answer for more than 3 days"
    assert (alert["people"], datetime.fromisoformat(alert["since"])) == (None, NOW - 10 * DAY + timedelta(hours=2))


async def test_a_comment_that_needs_no_answer_does_not_wait(past: Past) -> None:
    share = past.share(NOW - 10 * DAY)
    comment = past.act(share, "comment")
    assert ("comments_unanswered", "programme") in await alerts(past)
    async with past.running.parts.db.transaction() as tx:
        await tx.run(DISMISSED, {**comment, "dismissed_at": NOW})
    assert await past.get(f"/programmes/{past.programme_id}/alerts") == {"at": "2026-11-25T12:00:00Z", "items": []}


async def test_three_quarters_of_the_texts_are_copied(past: Past) -> None:
    for n, share in enumerate(quiet(past, 12, at=NOW - DAY, words=40, copied=30)):
        if n < 3:
            past.shares[n] = share.model_copy(update={"copied": 29})
    alert = (await alerts(past))["texts_copied", "programme"]
    assert alert["reason"] == "9 of 12 shares of the last 28 days are copied for 75% or more"
    assert alert["people"] == 12


@pytest.mark.parametrize("what", ["own words", "four people", "eleven"])
async def test_no_alert_about_texts_of_few_or_of_own_words(past: Past, what: str) -> None:
    people = [new_id() for _ in range(4 if what == "four people" else 6)]
    for n in range(11 if what == "eleven" else 12):
        copied = 29 if what == "own words" and n < 4 else 40
        past.share(NOW - DAY, copied=copied, ambassador_id=people[n % len(people)])
    assert ("texts_copied", "programme") not in await alerts(past)


@pytest.mark.parametrize(("after", "drawn", "speaks"), [(15, 22, True), (15, 23, False), (14, 10, False)])
async def test_more_shares_that_draw_less_each(past: Past, after: int, drawn: int, *, speaks: bool) -> None:
    before = quiet(past, 12, at=NOW - 40 * DAY)
    later = quiet(past, after, at=NOW - 20 * DAY)
    for n in range(24):  # two each
        past.act(before[n % 12], "reaction")
    for n in range(drawn):  # 1.5 each is a quarter less
        past.act(later[n % after], "reaction")
    found = await alerts(past)
    assert (("more_shares_less_engagement", "programme") in found) == speaks
    if speaks:
        reason = found["more_shares_less_engagement", "programme"]["reason"]
        assert reason == "15 shares after 12, and 1.5 interactions each after 2.0"


@pytest.mark.parametrize(("silent", "members", "speaks"), [(2, 6, True), (1, 6, False), (4, 4, False)])
async def test_a_third_of_the_members_has_never_shared(past: Past, silent: int, members: int, *, speaks: bool) -> None:
    enrolled = [past.enrol(date(2026, 10, 1)) for _ in range(members)]
    past.enrol(date(2026, 11, 20))  # has not had time yet
    for author in enrolled[silent:]:
        past.share(NOW - 40 * DAY, ambassador_id=author)
    found = await alerts(past)
    assert (("members_silent", "programme") in found) == speaks
    if speaks:
        alert = found["members_silent", "programme"]
        assert (alert["reason"], alert["people"]) == ("of 6 members of a month or longer, 2 have never shared", None)


@pytest.mark.parametrize(
    ("clicks", "starts_on", "speaks"),
    [
        (2, date(2026, 11, 20), True),
        (3, date(2026, 11, 20), False),  # half the pace is enough
        (0, date(2026, 11, 24), False),  # it has only begun
    ],
)
async def test_a_campaign_that_will_miss_its_target(past: Past, clicks: int, starts_on: date, *, speaks: bool) -> None:
    campaign_id = past.campaign("clicks", 10, starts_on, date(2026, 11, 29))
    past.campaign("clicks", 10, date(2026, 10, 1), date(2026, 11, 20))  # over
    share = past.share(NOW - DAY, campaign_id=campaign_id)
    for _ in range(clicks):
        past.act(share, "click")
    found = await alerts(past)
    assert (("campaign_behind", "campaign") in found) == speaks
    if speaks:
        alert = found["campaign_behind", "campaign"]
        assert (alert["scope_id"], alert["reason"]) == (str(campaign_id), "2 clicks of 10 after 55% of the time")
