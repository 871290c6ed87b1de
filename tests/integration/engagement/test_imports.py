import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from libs.clock import new_id
from services.engagement.imports.service.steer import forget_imports
from services.engagement.imports.service.work import claim, work_on
from tests.integration.engagement.play import NOW, PUBLISHED, Play, at
from tests.integration.engagement.uploads import (
    HEADER,
    applied,
    ask,
    checked,
    chunks,
    rejected,
    reported_of,
    state_of,
)
from tests.support.eventually import eventually
from tests.support.harness import Running


async def test_a_file_is_checked_first_and_tells_nothing(play: Play) -> None:
    share = await play.publishes()
    url = "https://example.org/nobody"
    header = "share_id,post_url,read_at,reactions,comments\n"
    rows = [
        f"{share.share_id},,{at(days=1)},12,",
        f",{url},{at(days=1)},1,2",
        f"{share.share_id},,{at(days=1)},many,1",
        f"{share.share_id},,yesterday,1,-1",
    ]
    found = await checked(play, header + "\n".join(rows), name="March")
    assert (found["state"], found["name"], found["dry_run"]) == ("checked", "March", True)
    check = found["check"]
    assert (check["rows"], check["valid"], check["rejected"], check["counts"]) == (4, 2, 2, 3)
    assert {(one["field"], one["rows"]) for one in check["refusals"]} == {
        ("reactions", 1),
        ("comments", 1),
        ("read_at", 1),
    }
    assert check["unusable"] == [{"reason": "unknown-share", "counts": 2}]
    assert check["sample"][0] == {
        "row": 1,
        "share_id": str(share.share_id),
        "post_url": None,
        "read_at": (PUBLISHED + timedelta(days=1)).isoformat().replace("+00:00", "Z"),
        "counts": {"reaction": 12},
    }
    assert (found["progress"]["rows_done"], found["progress"]["rows_total"], found["progress"]["percent"]) == (
        4,
        4,
        100,
    )
    assert await play.reported() == []
    assert await play.waiting() == []


async def test_a_checked_file_is_applied_when_asked_and_its_text_is_deleted(play: Play) -> None:
    share = await play.publishes()
    found = await checked(play, f"{HEADER}{share.share_id},{at(days=1)},12,\n{share.share_id},{at(days=2)},13,0\n")
    import_id = found["import_id"]
    assert await chunks(play, import_id) == 1
    asked = [(await ask(play, "POST", f"/imports/{import_id}:apply")).json()["state"] for _ in range(2)]
    assert asked[0] == "applying"
    found = await eventually(lambda: applied_state(play, import_id))
    await play.running.settled()
    assert found["result"] == {"new": 3, "duplicates": 0, "conflicts": 0, "quarantined": []}
    assert found["finished_at"] is not None
    assert await chunks(play, import_id) == 0
    assert sorted((one.kind, one.count, one.provenance) for one in await play.reported()) == [
        ("comment", 0, "imported"),
        ("reaction", 12, "imported"),
        ("reaction", 13, "imported"),
    ]
    assert await reported_of(play, share) == {"reaction": 13, "comment": 0}
    receipt = await play.receipt(import_id)
    assert (receipt["status"], receipt["accepted"], receipt["new"]) == ("applied", 3, 3)
    again = await ask(play, "POST", f"/imports/{import_id}:apply")
    assert (again.status_code, again.json()["state"]) == (200, "applied")


async def applied_state(play: Play, import_id: str) -> dict[str, Any]:
    found = await state_of(play, import_id)
    assert found["state"] == "applied"
    return found


async def test_the_same_file_again_tells_nothing_new(play: Play) -> None:
    share = await play.publishes()
    text = f"{HEADER}{share.share_id},{at(days=1)},12,\n{share.share_id},{at(days=1)},99,\n"
    first = await applied(play, text)
    assert first["result"] == {"new": 1, "duplicates": 1, "conflicts": 1, "quarantined": []}
    again = await applied(play, text)
    assert again["result"] == {"new": 0, "duplicates": 2, "conflicts": 1, "quarantined": []}
    assert [one.count for one in await play.reported()] == [12]


async def test_rows_of_unknown_shares_are_quarantined_and_come_in_with_the_share(play: Play) -> None:
    share_id = new_id()
    found = await applied(play, f"{HEADER}{share_id},{at(days=1)},12,3\n")
    assert found["result"]["quarantined"] == [{"reason": "unknown-share", "counts": 2}]
    waiting = await play.waiting()
    assert {(one["door"], one["place"]) for one in waiting} == {("imports", 1)}
    share = await play.publishes(share_id=share_id)
    await play.running.settled()
    assert await reported_of(play, share) == {"reaction": 12, "comment": 3}


async def test_refused_rows_can_be_downloaded_and_are_safe_to_open(play: Play) -> None:
    share = await play.publishes()
    good = f"{share.share_id},{at(days=1)}"
    header = "share_id,read_at,reactions,=note\n"
    rows = [
        f"{good},1,=1+1",
        f'{good},-5,"=HYPERLINK(""https://evil.example"",""x"")"',
        f"{good},x,+1;2",
        f"{good},y,@SUM(A1)",
        f'{good},z,"\tquiet, but\nover two lines"',
        "lonely",
    ]
    found = await checked(play, header + "\n".join(rows))
    table = await rejected(play, found["import_id"])
    assert table[0] == ["row", "reasons", "share_id", "read_at", "reactions", "'=note"]
    assert [row[0] for row in table[1:]] == ["2", "3", "4", "5", "6"]
    assert table[1][1] == "reactions: must be a whole number from 0 to 100 000 000"
    assert [row[4:] for row in table[1:5]] == [
        ["-5", '\'=HYPERLINK("https://evil.example","x")'],
        ["x", "'+1;2"],
        ["y", "'@SUM(A1)"],
        ["z", "'\tquiet, but\nover two lines"],
    ]
    assert table[5][1:] == ["row: has another number of cells than the header", "lonely"]


async def test_an_import_can_be_cancelled_and_then_neither_applied_nor_found_in_the_store(play: Play) -> None:
    share = await play.publishes()
    found = await checked(play, f"{HEADER}{share.share_id},{at(days=1)},12,\n")
    path = f"/imports/{found['import_id']}"
    assert (await ask(play, "POST", f"{path}:cancel")).json()["state"] == "cancelled"
    assert (await ask(play, "POST", f"{path}:cancel")).json()["state"] == "cancelled"
    assert await chunks(play, found["import_id"]) == 0
    refused = await ask(play, "POST", f"{path}:apply")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:timbre:problem:import-not-ready")
    assert await play.reported() == []


async def test_what_was_applied_cannot_be_cancelled(play: Play) -> None:
    found = await applied(play, f"{HEADER}{(await play.publishes()).share_id},{at(days=1)},12,\n")
    refused = await ask(play, "POST", f"/imports/{found['import_id']}:cancel")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:timbre:problem:import-not-ready")


async def test_imports_are_listed_newest_first_by_state_and_in_pages(play: Play) -> None:
    share = await play.publishes()
    text = f"{HEADER}{share.share_id},{at(days=1)},12,\n"
    first, second = await applied(play, text), await checked(play, text)
    base = f"/programmes/{play.programme_id}/imports"
    assert [one["import_id"] for one in (await ask(play, "GET", base)).json()["items"]] == [
        second["import_id"],
        first["import_id"],
    ]
    page = (await ask(play, "GET", base, params={"limit": "1"})).json()
    rest = (await ask(play, "GET", base, params={"limit": "1", "cursor": page["next"]})).json()
    assert [one["import_id"] for one in rest["items"]] == [first["import_id"]]
    found = (await ask(play, "GET", base, params={"state": "checked"})).json()["items"]
    assert [one["import_id"] for one in found] == [second["import_id"]]


async def test_a_programme_has_a_bounded_number_of_unfinished_imports(play: Play) -> None:
    share = await play.publishes()
    text = f"{HEADER}{share.share_id},{at(days=1)},12,\n"
    answers = await asyncio.gather(*(play.imports(text) for _ in range(22)))
    assert sorted(answer.status_code for answer in answers) == [202] * 20 + [429] * 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["type"], refused.headers["retry-after"]) == ("urn:timbre:problem:too-many-imports", "60")


async def test_another_programmes_imports_are_foreign(play: Play) -> None:
    share = await play.publishes()
    found = await checked(play, f"{HEADER}{share.share_id},{at(days=1)},x,\n")
    foreign = play.running.caller("manager", programmes=[new_id()])
    base, one = f"/programmes/{play.programme_id}", f"/imports/{found['import_id']}"
    for method, path in (
        ("POST", f"{base}/imports"),
        ("GET", f"{base}/imports"),
        ("GET", one),
        ("GET", f"{one}/rejected"),
        ("POST", f"{one}:apply"),
        ("POST", f"{one}:cancel"),
        ("GET", f"{base}/import-mappings"),
        ("PUT", f"{base}/import-mappings/x"),
        ("DELETE", f"{base}/import-mappings/x"),
    ):
        answer = await foreign.call(method, path, json={})
        told = (403, "foreign-programme") if path.startswith(base) else (404, "import-not-found")
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == told, path
    unknown = await ask(play, "GET", f"/imports/{new_id()}")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:timbre:problem:import-not-found")


async def half_a_step(play: Play) -> bool:
    """A worker that is killed before its commit; whether there was work."""

    async def dying() -> bool:
        async with play.running.parts.db.transaction() as tx:
            if file := await claim(tx):
                await work_on(tx, file, now=NOW)
                raise asyncio.CancelledError
        return False

    try:
        return await dying()
    except asyncio.CancelledError:
        return True


async def test_a_worker_that_dies_in_the_middle_loses_and_repeats_nothing(play: Play) -> None:
    share = await play.publishes(published_at=NOW - timedelta(days=30))
    first = NOW - timedelta(days=20)
    rows = [f"{share.share_id},{(first + timedelta(seconds=n)).isoformat()},{n},\n" for n in range(5000)]
    answer = await play.imports(HEADER + "".join(rows), dry_run="false")
    died = 0
    while (await state_of(play, answer.json()["import_id"]))["state"] in {"uploaded", "applying"}:
        died += await half_a_step(play)
        await asyncio.sleep(0.05)
    await play.running.settled()
    assert died
    assert sorted(one.count for one in await play.reported()) == list(range(5000))
    found = await state_of(play, answer.json()["import_id"])
    assert (found["check"]["valid"], found["result"]["new"], found["result"]["duplicates"]) == (5000, 5000, 0)


async def test_a_file_that_breaks_our_code_fails_alone(play: Play) -> None:
    share = await play.publishes()
    found = await checked(play, f"{HEADER}{share.share_id},{at(days=1)},12,\n")
    async with play.running.parts.db.transaction() as tx:
        query = "UPDATE import_file SET plan = '{}', state = 'uploaded' WHERE import_id = CAST(:i AS uuid)"
        await tx.run(text(query), {"i": found["import_id"]})

    async def failed() -> bool:
        query = "SELECT state FROM import_file WHERE import_id = CAST(:i AS uuid)"
        return bool((await play.running.rows(query, i=found["import_id"]))[0]["state"] == "failed")

    assert await eventually(failed)
    assert (await applied(play, f"{HEADER}{share.share_id},{at(days=1)},12,\n"))["state"] == "applied"


async def test_what_is_old_is_forgotten(engagement: Running, play: Play) -> None:
    share = await play.publishes()
    text = f"{HEADER}{share.share_id},{at(days=1)},x,1\n"
    old, waiting = await applied(play, text), await checked(play, text)
    later = engagement.parts.clock.now() + timedelta(days=8)
    async with engagement.parts.db.transaction() as tx:
        await forget_imports(tx, now=later)
    assert (await state_of(play, waiting["import_id"]))["state"] == "cancelled"
    assert await chunks(play, waiting["import_id"]) == 0
    async with engagement.parts.db.transaction() as tx:
        await forget_imports(tx, now=later + timedelta(days=31))
    assert (await ask(play, "GET", f"/imports/{old['import_id']}")).status_code == 404


async def test_imports_are_counted(play: Play) -> None:
    await applied(play, f"{HEADER}{(await play.publishes()).share_id},{at(days=1)},12,\n")
    page = (await play.running.stranger().get("/metrics")).text
    assert 'engagement_imports_total{service="engagement",state="applied"}' in page
    assert 'engagement_import_rows_total{outcome="valid",service="engagement"}' in page
