import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.people import OWN, Programme, enrol, make_programme
from tests.support.stack import RunningStack

NOW = datetime.now(UTC)
GOOD: dict[str, Any] = {
    "kind": "reaction",
    "source": "test",
    "person": "somebody",
    "occurred_at": (NOW - timedelta(hours=1)).isoformat(),
    "provenance": "measured",
}


@pytest.fixture(scope="module")
async def programme(stack: RunningStack) -> Programme:
    return await make_programme(stack)


@pytest.fixture(scope="module")
async def share_id(programme: Programme) -> str:
    share = await (await enrol(programme, "Gerd")).share(OWN, at=NOW - timedelta(days=2))
    await programme.interact(share["id"], ("reaction", "first"), at=NOW - timedelta(days=1))
    return str(share["id"])


async def post(programme: Programme, *items: dict[str, Any]) -> Any:
    return await programme.machine().post(f"/v1/interactions?programme_id={programme.id}", {"interactions": items})


def slug(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    return str(answer.json()["type"]).removeprefix("urn:timbre:problem:")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share_id": "not an id"}, "share_id"),
        ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"kind": "applause"}, "kind"),
        ({"person": None}, "person"),
        ({"provenance": "guessed"}, "provenance"),
    ],
)
async def test_a_bad_interaction_is_refused_by_field_and_its_neighbours_are_kept(
    programme: Programme, share_id: str, change: dict[str, Any], field: str
) -> None:
    good = {**GOOD, "share_id": share_id, "external_id": f"good beside {change}"}
    bad = {**GOOD, "share_id": share_id, "external_id": f"bad {change}", **change}
    mixed = await post(programme, bad, good)
    assert (mixed.status_code, mixed.json()["accepted"]) == (202, 1)
    assert [item["index"] for item in mixed.json()["rejected"]] == [0]
    assert [error["field"] for error in mixed.json()["rejected"][0]["errors"]] == [field]
    alone = await post(programme, bad)
    assert alone.status_code == 422
    assert [error["field"] for error in alone.json()["errors"]] == [f"interactions[0].{field}"]
    assert all(error["reason"] for error in alone.json()["errors"])


async def test_an_interaction_on_an_unknown_share_is_quarantined_and_said_so(
    programme: Programme, share_id: str
) -> None:
    unknown = {**GOOD, "share_id": "00000000-0000-7000-8000-000000000000", "external_id": "on nothing"}
    known = {**GOOD, "share_id": share_id, "external_id": "beside one on nothing"}
    answer = await post(programme, unknown, known)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    machine = programme.machine()

    async def receipt() -> Any:
        found = (await machine.get(f"/v1/receipts/{answer.json()['receipt_id']}")).json()
        return found if found["status"] == "applied" else None

    found = await eventually(receipt)
    assert (found["new"], found["quarantined"]) == (1, 1)
    assert [(one["place"], one["reason"]) for one in found["first_quarantined"]] == [(0, "unknown-share")]
    waiting = await programme.manager().get(f"/v1/quarantine?programme_id={programme.id}&q=on nothing")
    assert [one["id"] for one in waiting.json()["items"]] == [found["first_quarantined"][0]["id"]]


async def test_lines_are_taken_through_the_gateway(programme: Programme, share_id: str) -> None:
    items = [{**GOOD, "share_id": share_id, "external_id": f"line {n}"} for n in range(1_200)]
    answer = await programme.machine().post(
        f"/v1/interactions?programme_id={programme.id}",
        content="\n".join(map(json.dumps, [*items, {}])),
        headers={"content-type": "application/x-ndjson"},
    )
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 1_200, 1)
    assert answer.json()["rejected"][0]["index"] == 1_200


@pytest.mark.parametrize(
    ("cell", "value"),
    [("reactions", "-3"), ("reactions", "1e9"), ("reactions", "many"), ("read_at", "2199-01-01T00:00:00Z")],
)
async def test_a_bad_row_of_a_file_is_refused_and_the_others_are_kept(
    programme: Programme, share_id: str, cell: str, value: str
) -> None:
    read_at = (NOW - timedelta(hours=3)).isoformat()
    bad = {"share_id": share_id, "read_at": read_at, "reactions": "5", cell: value}
    table = "share_id,read_at,reactions\n" + f"{share_id},{read_at},7\n" + ",".join(bad.values()) + "\nlonely cell\n"
    answer = await import_(programme, table.encode())
    assert answer.status_code == 202
    path = f"/v1/imports/{answer.json()['import_id']}"

    async def checked() -> Any:
        found = (await programme.machine().get(path)).json()
        return found if found["state"] == "checked" else None

    check = (await eventually(checked))["check"]
    assert (check["valid"], check["rejected"]) == (1, 2)
    rows = list(csv.reader(StringIO((await programme.machine().get(f"{path}/rejected")).text)))[1:]
    assert [(row[0], row[1].partition(":")[0]) for row in rows] == [("2", cell), ("3", "row")]


async def import_(programme: Programme, table: bytes) -> Any:
    return await programme.machine().post(
        f"/v1/imports?programme_id={programme.id}", content=table, headers={"content-type": "text/csv"}
    )


async def test_what_is_no_utf_8_is_refused_and_says_where(programme: Programme) -> None:
    table = await import_(programme, b"share_id,read_at,reactions\n\xff\xfe")
    assert (table.status_code, slug(table)) == (400, "unreadable-table")
    assert "27" in table.json()["detail"]
    body = await programme.machine().post(
        f"/v1/interactions?programme_id={programme.id}",
        content=b'{"interactions": ["\xff"]}',
        headers={"content-type": "application/json"},
    )
    assert (body.status_code, slug(body)) == (400, "malformed-body")


async def test_a_body_over_the_limit_is_refused(programme: Programme) -> None:
    answer = await import_(programme, b"share_id,read_at,reactions\n" + b"x" * 68_000_000)
    assert (answer.status_code, slug(answer)) == (413, "body-too-large")


async def test_more_than_a_thousand_interactions_are_refused(programme: Programme, share_id: str) -> None:
    many = [{**GOOD, "share_id": share_id, "external_id": str(n)} for n in range(1001)]
    answer = await post(programme, *many)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "interactions")


async def test_without_a_token_or_with_a_forged_one_nobody_comes_in(programme: Programme) -> None:
    path = f"/v1/boards/{programme.board_id}"
    stranger = programme.stack.stranger()
    forged = Caller(programme.stack.client, _forged(programme.manager()), "forger")
    missing, wrong = await stranger.get(path), await forged.get(path)
    assert (missing.status_code, slug(missing)) == (401, "missing-token")
    assert (wrong.status_code, slug(wrong)) == (401, "invalid-token")
    assert missing.headers["www-authenticate"].startswith("Bearer")


def _forged(caller: Caller) -> str:
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{signature[:-4] + ('AAAA' if signature[-4:] != 'AAAA' else 'BBBB')}"


async def test_a_token_of_another_programme_opens_none_of_this_one(programme: Programme, share_id: str) -> None:
    other: UUID = new_id()
    foreign = programme.stack.caller("manager", "service", "ambassador", programmes=[other])
    gerd = (await programme.board(programme.manager())).keys()
    assert gerd
    where = f"/v1/programmes/{programme.id}"
    answers = [await foreign.get(path) for path in (where, f"{where}/ambassadors", f"{where}/boards")]
    answers.append(await foreign.post(f"/v1/interactions?programme_id={programme.id}", {"interactions": [GOOD]}))
    assert [(answer.status_code, slug(answer)) for answer in answers] == [(403, "foreign-programme")] * 4
    things = (f"boards/{programme.board_id}", f"items/{programme.item_id}", f"shares/{share_id}")
    for path in (*things, f"shares/{share_id}/engagement"):
        assert (await foreign.get(f"/v1/{path}")).status_code == 404
    # in a programme of one's own, a share of another is unknown
    item = {**GOOD, "share_id": share_id, "external_id": "foreign"}
    answer = await foreign.post(f"/v1/interactions?programme_id={other}", {"interactions": [item]})

    async def receipt() -> Any:
        found = (await foreign.get(f"/v1/receipts/{answer.json()['receipt_id']}")).json()
        return found if found["status"] == "applied" else None

    assert [one["reason"] for one in (await eventually(receipt))["first_quarantined"]] == ["unknown-share"]


async def test_an_unknown_path_and_a_wrong_method_are_problems_too(programme: Programme) -> None:
    manager = programme.manager()
    nowhere, wrong = await manager.get("/v1/nowhere"), await manager.delete(f"/v1/programmes/{programme.id}")
    assert (nowhere.status_code, slug(nowhere)) == (404, "no-such-route")
    assert (wrong.status_code, slug(wrong)) == (405, "method-not-allowed")
