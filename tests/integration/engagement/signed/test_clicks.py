"""Clicks that sharing tells of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.sharing import Click, ClicksRecorded, SharePublished
from services.engagement.clicks.domain import receipt_of
from services.engagement.intake.domain import collected_at
from tests.integration.engagement.play import PUBLISHED, Play


def click(share: SharePublished | UUID, visitor: str = "visitor", **other: Any) -> Click:
    values = {
        "click_id": new_id(),
        "share_id": share if isinstance(share, UUID) else share.share_id,
        "ambassador_id": new_id() if isinstance(share, UUID) else share.ambassador_id,
        "visitor": visitor,
        "occurred_at": PUBLISHED + timedelta(hours=1),
        "verdict": "valid",
        **other,
    }
    return Click(**values)


async def test_valid_clicks_count_once_and_rejected_ones_are_counted_by_reason(play: Play) -> None:
    share = await play.publishes()
    event = ClicksRecorded(
        programme_id=play.programme_id,
        clicks=(
            click(share, "a"),
            click(share, "b"),
            click(share, verdict="crawler"),
            click(share, verdict="preview"),
            click(share, verdict="crawler"),
        ),
    )
    before = await verdicts(play)
    await play.running.hear(event, event)
    told = await play.recorded()
    assert [(one.kind, one.provenance) for one in told] == [("click", "measured")] * 2
    assert len({one.person for one in told}) == 2
    assert (await play.numbers(share))["interactions"] == [{"kind": "click", "counted": 2, "own": 0}]
    rows = await play.running.rows("SELECT DISTINCT source FROM interaction WHERE share_id = :s", s=share.share_id)
    assert [row["source"] for row in rows] == ["links"]
    after = await verdicts(play)
    assert {verdict: after[verdict] - before.get(verdict, 0) for verdict in after} == {
        "valid": 4,  # heard twice
        "crawler": 4,
        "preview": 2,
    }
    receipt = await play.receipt(str(receipt_of(event)))
    assert (receipt["status"], receipt["new"], receipt["duplicates"]) == ("applied", 2, 2)


async def verdicts(play: Play) -> dict[str, float]:
    page = (await play.running.stranger().get("/metrics")).text
    lines = [line for line in page.splitlines() if line.startswith("engagement_clicks_total{")]
    return {line.split('verdict="')[1].split('"')[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


async def test_clicks_before_their_share_wait_for_it(play: Play) -> None:
    share_id = new_id()
    await play.running.hear(ClicksRecorded(programme_id=play.programme_id, clicks=(click(share_id),)))
    await play.running.settled()
    assert [one["reason"] for one in await play.waiting()] == ["unknown-share"]
    await play.publishes(share_id=share_id)
    assert [told.share_id for told in await play.recorded()] == [share_id]
    assert await play.waiting() == []


async def test_clicks_and_their_share_in_one_batch_meet(play: Play) -> None:
    share_id = new_id()
    event = ClicksRecorded(programme_id=play.programme_id, clicks=tuple(click(share_id, str(n)) for n in range(20)))
    await play.running.hear(event)
    await play.publishes(share_id=share_id)
    assert len(await play.recorded()) == 20


async def test_clicks_of_which_none_is_valid_leave_no_trace(play: Play) -> None:
    share = await play.publishes()
    await play.running.hear(ClicksRecorded(programme_id=play.programme_id, clicks=(click(share, verdict="crowded"),)))
    assert await play.recorded() == []


def test_a_receipt_of_clicks_says_when_they_were_and_is_always_the_same(play: Play) -> None:
    share = new_id()
    event = ClicksRecorded(programme_id=play.programme_id, clicks=(click(share), click(share)))
    receipt = receipt_of(event)
    assert (receipt.version, receipt.variant) == (7, "specified in RFC 4122")
    assert collected_at(receipt) == PUBLISHED + timedelta(hours=1)
    assert receipt_of(event.model_copy()) == receipt
    assert receipt_of(ClicksRecorded(programme_id=play.programme_id, clicks=(event.clicks[0],))) != receipt
