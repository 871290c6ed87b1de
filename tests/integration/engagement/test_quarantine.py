import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.clock import new_id
from libs.events.intake import AcceptedInteraction, InteractionsAccepted
from services.engagement.app import appliers_of
from services.engagement.interactions.service import apply_accepted
from services.engagement.quarantine import service as quarantine
from tests.integration.engagement.play import PUBLISHED, Play, at, interaction
from tests.support.eventually import eventually
from tests.support.harness import Running

WAITING = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
POST = "https://www.linkedin.com/posts/early"


async def counts(play: Play, receipt_id: str) -> tuple[Any, ...]:
    receipt = await play.receipt(receipt_id)
    return tuple(receipt[name] for name in ("status", "accepted", "new", "duplicates", "conflicts", "quarantined"))


@pytest.mark.parametrize("by_address", [False, True])
async def test_what_comes_before_its_share_waits_and_counts_once_the_share_is_told(
    play: Play, *, by_address: bool
) -> None:
    share_id, post_url = new_id(), f"{POST}-{new_id()}"
    named = {"share_id": None, "post_url": f"{post_url}/#top"} if by_address else {"share_id": str(share_id)}
    items = [interaction(share_id, **named) for _ in range(3)]
    receipt_id = (await play.accepts(*items))["receipt_id"]
    assert await counts(play, receipt_id) == ("applied", 3, 0, 0, 0, 3)
    assert [one["reason"] for one in await play.waiting()] == ["unknown-share"] * 3
    assert await play.recorded() == []
    share = await play.publishes(share_id=share_id, post_url=post_url)
    assert await counts(play, receipt_id) == ("applied", 3, 3, 0, 0, 0)
    assert await play.waiting() == []
    assert {told.share_id for told in await play.recorded()} == {share.share_id}
    assert len(await play.recorded()) == 3
    (one, *_) = await play.waiting(state="applied")
    shown = await play.running.caller("manager").get(f"/quarantine/{one['id']}")
    assert [(act["by"], act["act"], act["outcome"]) for act in shown.json()["acts"]] == [(None, "retry", "new")]


async def test_copies_of_what_waits_are_duplicates_and_wait_once(play: Play) -> None:
    share_id = new_id()
    item = interaction(share_id)
    first = (await play.accepts(item, item))["receipt_id"]
    second = (await play.accepts(item))["receipt_id"]
    assert await counts(play, first) == ("applied", 2, 0, 1, 0, 1)
    assert await counts(play, second) == ("applied", 1, 0, 1, 0, 0)
    await play.publishes(share_id=share_id)
    assert len(await play.recorded()) == 1
    assert await counts(play, first) == ("applied", 2, 1, 1, 0, 0)


async def test_two_that_wait_under_one_id_are_one_and_a_conflict(play: Play) -> None:
    share_id = new_id()
    item = interaction(share_id)
    receipt_id = (await play.accepts(item, {**item, "kind": "comment"}))["receipt_id"]  # the first one counts
    await play.publishes(share_id=share_id)
    assert await counts(play, receipt_id) == ("applied", 2, 1, 1, 1, 0)
    assert [told.kind for told in await play.recorded()] == ["reaction"]


async def test_an_impossible_time_is_quarantined_with_its_place(play: Play) -> None:
    share = await play.publishes()
    early = (PUBLISHED - timedelta(days=1, seconds=1)).isoformat()
    receipt = await play.accepts(interaction(share), interaction(share, occurred_at=early))
    found = await play.receipt(receipt["receipt_id"])
    assert (found["new"], found["quarantined"]) == (1, 1)
    assert [(one["place"], one["reason"]) for one in found["first_quarantined"]] == [(1, "impossible-time")]


async def test_an_address_of_several_shares_waits_for_an_operator(play: Play) -> None:
    post_url = f"{POST}-{new_id()}"
    for _ in range(2):
        await play.publishes(post_url=post_url)
    await play.accepts(interaction(new_id(), share_id=None, post_url=post_url))
    assert [one["reason"] for one in await play.waiting()] == ["several-shares"]


async def test_the_place_in_the_request_counts_what_was_refused(play: Play) -> None:
    answer = await play.posts({}, interaction(new_id()), 7, interaction(new_id()))
    await play.running.settled()
    receipt = await play.receipt(answer.json()["receipt_id"])
    assert [one["place"] for one in receipt["first_quarantined"]] == [1, 3]


async def test_no_handle_lies_in_the_quarantine(play: Play) -> None:
    await play.accepts(interaction(new_id(), person="Very.Secret"))
    rows = await play.running.rows(
        "SELECT q::text AS line FROM quarantined q WHERE programme_id = :p", p=play.programme_id
    )
    assert len(rows) == 1
    assert "secret" not in rows[0]["line"].casefold()


async def test_an_operator_finds_retries_and_discards(play: Play) -> None:
    share_id = new_id()
    await play.accepts(
        interaction(share_id, external_id="needle-100%"),
        interaction(share_id, external_id="hay"),
        interaction(await play.publishes(), occurred_at=at(days=-2)),
    )
    manager = play.running.caller("manager")
    query = {"programme_id": str(play.programme_id)}
    reasons = (await manager.get("/quarantine/reasons", params=query)).json()["items"]
    assert {one["reason"]: one["count"] for one in reasons} == {"unknown-share": 2, "impossible-time": 1}
    (found,) = await play.waiting(q="NEEDLE-100%")
    assert len(await play.waiting(q=str(share_id))) == 2
    assert await play.waiting(q="%") == [found]
    assert [one["reason"] for one in await play.waiting(reason="impossible-time")] == ["impossible-time"]
    again = await manager.post(f"/quarantine/{found['id']}:retry")
    assert (again.status_code, again.json()["state"], again.json()["tries"]) == (200, "open", 1)
    bare = await manager.post(f"/quarantine/{found['id']}:discard", {"note": "  "})
    assert bare.status_code == 422
    gone = await manager.post(f"/quarantine/{found['id']}:discard", {"note": "a test of the connector"})
    assert (gone.status_code, gone.json()["state"]) == (200, "discarded")
    for act, body in (("retry", None), ("discard", {"note": "once more"})):
        refused = await manager.post(f"/quarantine/{found['id']}:{act}", body)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:timbre:problem:not-waiting")
    await play.publishes(share_id=share_id)
    assert len(await play.recorded()) == 1
    shown = (await manager.get(f"/quarantine/{found['id']}")).json()
    by = play.running.parts.person_keys.of_subject(manager.subject)
    assert [(act["act"], act["outcome"], act["note"], act["by"]) for act in shown["acts"]] == [
        ("retry", "unknown-share", None, by),
        ("discard", "discarded", "a test of the connector", by),
    ]


async def test_an_operators_retry_moves_the_receipt(play: Play) -> None:
    author = new_id()
    await play.consents(author, "author", PUBLISHED)
    share = await play.publishes(author)
    comment = interaction(share, "comment")
    reply = interaction(share, "reply", person="new-name", answers=comment["external_id"])
    receipt_id = (await play.accepts(comment, reply))["receipt_id"]
    assert await counts(play, receipt_id) == ("applied", 2, 1, 0, 0, 1)
    await play.consents(author, "new-name", PUBLISHED + timedelta(hours=1))
    (one,) = await play.waiting()
    again = await play.running.caller("manager").post(f"/quarantine/{one['id']}:retry")
    assert again.json()["state"] == "applied"
    assert await counts(play, receipt_id) == ("applied", 2, 2, 0, 0, 0)
    assert sorted(told.kind for told in await play.recorded()) == ["comment", "reply"]


async def test_the_list_comes_in_pages_newest_first(play: Play) -> None:
    for _ in range(5):
        await play.accepts(interaction(new_id()))
    manager, seen, cursor = play.running.caller("manager"), [], None
    while True:
        query = {"programme_id": str(play.programme_id), "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await manager.get("/quarantine", params=query)).json()
        seen += [(one["arrived_at"], one["id"]) for one in page["items"]]
        if not (cursor := page["next"]):
            break
    assert len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_only_those_of_the_programme_see_and_move_what_waits(play: Play) -> None:
    await play.accepts(interaction(new_id()))
    (one,) = await play.waiting()
    foreign = play.running.caller("manager", programmes=[new_id()])
    for answer in (
        await foreign.get("/quarantine", params={"programme_id": str(play.programme_id)}),
        await foreign.get("/quarantine"),
        await foreign.get("/quarantine/reasons"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:timbre:problem:foreign-programme")
    for answer in (
        await foreign.get(f"/quarantine/{one['id']}"),
        await foreign.post(f"/quarantine/{one['id']}:retry"),
        await foreign.post(f"/quarantine/{one['id']}:discard", {"note": "not mine"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:quarantined-not-found")
    analyst = await play.running.caller("analyst").post(f"/quarantine/{one['id']}:retry")
    assert analyst.status_code == 403
    missing = await play.running.caller("manager").get(f"/quarantine/{new_id()}")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:timbre:problem:quarantined-not-found")


async def test_a_share_that_is_told_while_its_first_interaction_is_quarantined_is_not_missed(play: Play) -> None:
    """The share's transaction has written the share and not committed when the interaction is judged."""
    parts, share_id = play.running.parts, new_id()

    async def somebody_waits() -> bool:
        return bool((await play.running.rows(WAITING))[0]["n"])

    async with parts.db.transaction() as tx:
        await _insert_share(tx, share_id, play.programme_id)
        await quarantine.retry_of_shares(tx, [], appliers_of(parts), now=parts.clock.now())
        await play.posts(interaction(share_id))
        await eventually(somebody_waits)
    await play.running.settled()
    assert [told.share_id for told in await play.recorded()] == [share_id]
    assert await play.waiting() == []


async def test_an_interaction_that_is_quarantined_while_its_share_is_told_is_not_missed(play: Play) -> None:
    """The interaction's transaction has put it into the quarantine and not committed when the share is told."""
    parts, share_id = play.running.parts, new_id()
    item = AcceptedInteraction(
        source="connector",
        external_id="early",
        share_id=share_id,
        kind="reaction",
        name_key="somebody",
        occurred_at=PUBLISHED,
        provenance="measured",
    )
    accepted = InteractionsAccepted(
        receipt_id=new_id(), programme_id=play.programme_id, door="interactions", interactions=(item,)
    )

    async def somebody_waits() -> bool:
        return bool((await play.running.rows(WAITING))[0]["n"])

    async with parts.db.transaction() as tx:
        await apply_accepted(tx, [accepted], people=parts.person_keys)
        publishing = asyncio.create_task(play.publishes(share_id=share_id))
        await eventually(somebody_waits)
    await publishing
    assert [told.share_id for told in await play.recorded()] == [share_id]
    assert await play.waiting() == []


async def _insert_share(tx: Any, share_id: UUID, programme_id: UUID) -> None:
    row = {"s": share_id, "p": programme_id, "a": new_id(), "at": PUBLISHED}
    await tx.run(text("INSERT INTO engagement_share VALUES (:s, :p, :a, 'linkedin', NULL, :at)"), row)


async def test_a_round_finds_what_the_share_left_waiting(play: Play) -> None:
    parts, share_id = play.running.parts, new_id()
    await play.accepts(interaction(share_id), interaction(new_id()))
    async with parts.db.transaction() as tx:
        await _insert_share(tx, share_id, play.programme_id)
    async with parts.db.transaction() as tx:
        outcomes = await quarantine.retry_found(tx, appliers_of(parts), now=parts.clock.now())
    assert outcomes["new"] == 1
    assert len(await play.recorded()) == 1
    assert [one["reason"] for one in await play.waiting()] == ["unknown-share"]


async def test_what_was_applied_is_forgotten_after_thirty_days_and_nothing_else_is(play: Play) -> None:
    parts, share_id = play.running.parts, new_id()
    await play.accepts(interaction(share_id), interaction(new_id()), interaction(new_id()))
    await play.publishes(share_id=share_id)
    (one, _) = await play.waiting()
    await play.running.caller("manager").post(f"/quarantine/{one['id']}:discard", {"note": "of no use"})
    later = parts.clock.now() + timedelta(days=31)
    async with parts.db.transaction() as tx:
        await quarantine.forget_applied(tx, now=parts.clock.now())
    assert len(await play.waiting(state="applied")) == 1
    async with parts.db.transaction() as tx:
        await quarantine.forget_applied(tx, now=later)
    assert [len(await play.waiting(state=state)) for state in ("applied", "discarded", "open")] == [0, 1, 1]


async def test_a_receipt_of_another_programme_or_of_none_is_not_shown(play: Play, engagement: Running) -> None:
    receipt = new_id()
    async with engagement.parts.db.transaction() as tx:
        await tx.run(
            text("INSERT INTO receipt (receipt_id, accepted, new, duplicates, conflicts) VALUES (:r, 1, 1, 0, 0)"),
            {"r": receipt},
        )
    foreign = await engagement.caller("service", programmes=[play.programme_id]).get(f"/receipts/{receipt}")
    assert (foreign.status_code, foreign.json()["status"], foreign.json()["new"]) == (
        200,
        "pending",
        None,
    )  # as of nothing
    assert (await play.receipt(str(receipt)))["new"] == 1
