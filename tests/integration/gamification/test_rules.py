"""Rules as data: drafted, checked, activated, never changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from libs.clock import new_id
from libs.events.content import CampaignCreated
from libs.events.gamification import RulesActivated
from libs.periods import week_of
from tests.support.builders import Programme, act
from tests.support.harness import Caller, Running

NOTE = "Comments matter more to us."
MORE = {"preset": "authentic", "changes": {"people": {"comment": 5}}, "valid_from": "2027-01-06", "note": NOTE}


@pytest.fixture
def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


def path(programme: Programme, version: int | None = None, verb: str = "") -> str:
    return f"/programmes/{programme.id}/rules" + (f"/{version}{verb}" if version else "")


def next_week() -> datetime:
    return datetime.now(UTC) + timedelta(days=7)


async def drafted(manager: Caller, programme: Programme, body: dict[str, Any]) -> dict[str, Any]:
    answer = await manager.post(path(programme), body)
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def test_a_programmes_own_versions_count_from_two(manager: Caller, programme: Programme) -> None:
    draft = await drafted(manager, programme, MORE)
    assert (draft["version"], draft["state"], draft["note"], draft["warnings"]) == (2, "draft", NOTE, [])
    assert draft["document"]["people"]["comment"] == 5
    assert (await drafted(manager, programme, {**MORE, "changes": {}}))["version"] == 3
    listed = (await manager.get(path(programme))).json()["items"]
    assert [(one["version"], one["state"]) for one in listed] == [(1, "active"), (2, "draft"), (3, "draft")]


async def test_a_whole_document_may_be_sent_as_it_was_shown(manager: Caller, programme: Programme) -> None:
    shown = (await manager.get(path(programme, 1))).json()["document"]
    body = {"document": shown, "valid_from": "2027-01-06", "note": "The same."}
    assert (await drafted(manager, programme, body))["document"] == shown


async def test_versions_come_in_pages(manager: Caller, programme: Programme) -> None:
    await drafted(manager, programme, MORE)
    first = (await manager.get(path(programme), params={"limit": 1})).json()
    rest = (await manager.get(path(programme), params={"cursor": first["next"]})).json()
    assert [one["version"] for one in first["items"] + rest["items"]] == [1, 2]


async def test_a_repeated_draft_is_one_draft(manager: Caller, programme: Programme) -> None:
    keyed = {"headers": {"Idempotency-Key": "draft-1"}}
    one, two = [await manager.post(path(programme), MORE, **keyed) for _ in range(2)]
    assert one.json() == two.json()
    assert len((await manager.get(path(programme))).json()["items"]) == 2


async def test_a_contradiction_is_told_with_its_reason(manager: Caller, programme: Programme) -> None:
    draft = await drafted(manager, programme, {**MORE, "changes": {"zeal": {"full_a_day": 0}}})
    assert draft["warnings"] == [
        {"field": "zeal.full_a_day", "reason": "no share counts in full, not even the only one of a day"}
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"changes": {"people": {"reaction": -1}}}, "changes.people.reaction"),
        ({"changes": {"people": {"applause": 1}}}, "changes.people.applause"),
        ({"changes": {"people": 7}}, "changes.people"),
        ({"changes": {"model": "loud"}}, "changes.model"),
        ({"preset": "loudest"}, "preset"),
        ({"note": ""}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"preset": None}, "body"),
    ],
)
async def test_what_is_out_of_range_is_refused_and_named(
    manager: Caller, programme: Programme, body: dict[str, Any], field: str
) -> None:
    answer = await manager.post(path(programme), {**MORE, **body})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len((await manager.get(path(programme))).json()["items"]) == 1


async def test_a_document_names_the_parameter_at_fault(manager: Caller, programme: Programme) -> None:
    document = (await manager.get("/rules/1")).json()
    del document["version"], document["valid_from"]
    document["people"]["reaction"] = 1001
    answer = await manager.post(path(programme), {"document": document, "valid_from": "2027-01-06", "note": NOTE})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:timbre:problem:invalid-rules")
    assert [error["field"] for error in answer.json()["errors"]] == ["document.people.reaction"]


async def test_only_managers_of_the_programme_write_rules(gamification: Running, programme: Programme) -> None:
    ambassador = gamification.caller("ambassador", programmes=[programme.id])
    foreign = gamification.caller("manager", programmes=[new_id()])
    for verb, body in [(None, MORE), (":activate", {"mode": "correction", "season": "S001"})]:
        target = path(programme) if verb is None else path(programme, 1, verb)
        assert (await ambassador.post(target, body)).json()["type"] == "urn:timbre:problem:missing-scope"
        assert (await foreign.post(target, body)).json()["type"] == "urn:timbre:problem:foreign-programme"
    assert (await foreign.get(path(programme))).status_code == 403
    assert (await foreign.get(path(programme, 1))).status_code == 403


async def test_an_ambassador_sees_what_holds_and_no_drafts(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await drafted(manager, programme, MORE)
    ambassador = gamification.caller("ambassador", programmes=[programme.id])
    assert [one["version"] for one in (await ambassador.get(path(programme))).json()["items"]] == [1]
    assert (await ambassador.get(path(programme, 2))).status_code == 404
    assert (await ambassador.get(path(programme, 1))).json()["document"]["saturation"]["ceiling"] == 40


async def test_an_unknown_programme_has_no_rules_of_its_own(gamification: Running) -> None:
    nowhere = Programme()
    admin = gamification.caller("admin")
    assert (await admin.post(path(nowhere), MORE)).json()["type"] == "urn:timbre:problem:programme-not-found"
    refused = await admin.post(path(nowhere, 1, ":activate"), {"mode": "correction", "season": "S001"})
    assert refused.json()["type"] == "urn:timbre:problem:programme-not-found"


async def test_what_is_activated_from_a_day_holds_from_that_weeks_monday(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    linear = {"preset": "linear", "valid_from": "2027-01-06", "note": "As before."}
    await drafted(manager, programme, linear)
    day = next_week()
    answer = await manager.post(path(programme, 2, ":activate"), {"mode": "from", "valid_from": day.date().isoformat()})
    week = week_of(day.date())
    assert (answer.json()["first_week"], answer.json()["state"]) == (week, "booked")
    author = new_id()
    now, then = programme.share(author, at=datetime.now(UTC)), programme.share(author, at=day)
    await gamification.hear(now, then, *(programme.recorded(act(share, "comment", "c")) for share in (now, then)))
    await gamification.settled()
    lines = await gamification.rows(
        "SELECT DISTINCT ON (share_id) share_id, rules_version, after FROM entry"
        " WHERE ambassador_id = :who ORDER BY share_id, sequence DESC",
        who=author,
    )
    held = {line["share_id"]: (line["rules_version"], line["after"]) for line in lines}
    assert held[then.share_id] == (2, 9000)
    assert held[now.share_id][0] == 1
    points = (await gamification.caller("admin").get(f"/ambassadors/{author}/points")).status_code
    assert points == 404  # not enrolled here; the entry itself is what counts


async def test_a_week_that_has_begun_is_not_given_other_rules(manager: Caller, programme: Programme) -> None:
    today = datetime.now(UTC).date().isoformat()
    answer = await manager.post(path(programme, 1, ":activate"), {"mode": "from", "valid_from": today})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:timbre:problem:week-has-begun")


@pytest.mark.parametrize("season", ["S950", "S999"])
async def test_a_season_that_has_not_begun_is_not_corrected(manager: Caller, programme: Programme, season: str) -> None:
    body = {"mode": "correction", "season": season}
    answer = await manager.post(path(programme, 1, ":activate"), body)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:season-not-found")


async def test_an_unknown_version_is_not_activated(manager: Caller, programme: Programme) -> None:
    body = {"mode": "from", "valid_from": next_week().date().isoformat()}
    answer = await manager.post(path(programme, 7, ":activate"), body)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:rules-not-found")


async def test_an_activation_is_told_once_with_every_parameter(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    draft = await drafted(manager, programme, MORE)
    body = {"mode": "from", "valid_from": next_week().date().isoformat()}
    one, two = [await manager.post(path(programme, 2, ":activate"), body) for _ in range(2)]
    assert one.json() == two.json()
    told = [event for event in await gamification.told(RulesActivated) if event.programme_id == programme.id]
    assert [(event.version, event.number, event.mode, event.last_week) for event in told] == [(2, 1, "from", None)]
    assert told[0].document == draft["document"]
    shown = (await manager.get(path(programme, 2))).json()
    assert (shown["state"], len(shown["activations"])) == ("active", 1)


async def test_an_activated_version_can_neither_be_changed_nor_deleted(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await drafted(manager, programme, MORE)
    change = "UPDATE rules SET note = 'other' WHERE programme_id = :id RETURNING 1"
    assert await gamification.rows(change, id=programme.id)  # a draft may be
    body = {"mode": "from", "valid_from": next_week().date().isoformat()}
    await manager.post(path(programme, 2, ":activate"), body)
    for statement in (
        change,
        "UPDATE rules SET document = '{}' WHERE version = 1 RETURNING 1",
        "DELETE FROM rules WHERE programme_id = :id RETURNING 1",
    ):
        parameters = {"id": programme.id} if ":id" in statement else {}
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            await gamification.rows(statement, **parameters)


async def test_locked_captions_are_told_where_own_words_weigh_heavily(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    locked = CampaignCreated(
        campaign_id=new_id(),
        programme_id=programme.id,
        name="Half-year figures",
        objective="awareness",
        kpi="reach",
        target=1,
        starts_on=date(2026, 11, 16),
        ends_on=date(2026, 11, 29),
        captions_locked=True,
    )
    free = locked.model_copy(update={"campaign_id": new_id(), "name": "Open doors", "captions_locked": False})
    elsewhere = locked.model_copy(update={"campaign_id": new_id(), "programme_id": new_id(), "name": "Elsewhere"})
    await gamification.hear(locked, free, elsewhere)
    await gamification.settled()
    draft = await drafted(manager, programme, MORE)
    assert [one["field"] for one in draft["warnings"]] == ["text.least"]
    assert draft["warnings"][0]["reason"].startswith("the captions of the campaign Half-year figures are locked: ")
    body = {"mode": "from", "valid_from": next_week().date().isoformat()}
    activated = (await manager.post(path(programme, 2, ":activate"), body)).json()
    assert activated["warnings"] == draft["warnings"] == (await manager.get(path(programme, 2))).json()["warnings"]
    assert (await drafted(manager, programme, {**MORE, "changes": {"text": {"least": 0.8}}}))["warnings"] == []
