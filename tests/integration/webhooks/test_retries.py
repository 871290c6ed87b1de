"""Endpoints that fail in every way, and what becomes of what they were to get."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gateway.webhooks.deliveries.domain.schedule import OFFSETS
from libs.events.webhooks import EndpointDisabled
from tests.integration.webhooks.receiver import OK, answering, dripping, sending
from tests.integration.webhooks.scene import Scene
from tests.support.answers import refusal
from tests.support.eventually import eventually

STEPS = [later - earlier for earlier, later in pairwise(OFFSETS)]


async def test_a_delivery_is_tried_for_a_day_and_then_its_endpoint_is_disabled_with_notice(scene: Scene) -> None:
    path, notices = scene.path(), scene.path()
    webhook = await scene.webhook(path)
    await scene.webhook(notices, types=[EndpointDisabled.type], filters={"webhook_id": webhook["id"]})
    scene.receiver.behave(path, answering(500))
    told = await scene.tell()
    begun = scene.clock.now()
    for number, step in enumerate(STEPS, start=1):
        delivery = await scene.attempted(webhook, number)
        assert (delivery["state"], delivery["attempted"]) == ("waiting", number)
        scene.later(step)
    failed = await scene.attempted(webhook, 10)
    assert (failed["state"], failed["next_try_at"]) == ("failed", None)
    assert {one["outcome"] for one in failed["attempts"]} == {"refused"}
    posted = await scene.receiver.got(path, 10)
    assert {one.id for one in posted} == {told.id}
    assert len({one.headers["webhook-timestamp"] for one in posted}) == 10
    for one in posted:  # each is signed for its own time, of which a receiver judges
        at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
        assert one.verified_by(webhook["secret"], now=at) == json.loads(told.to_bytes())
    off = await scene.get(webhook)
    assert (off["enabled"], off["disabled_reason"]) == (False, "failing")
    assert off["failing_since"] == begun.isoformat().replace("+00:00", "Z")
    (notice,) = await scene.receiver.got(notices)
    assert webhook["id"].encode() in notice.body
    (event,) = [one for one in await scene.running.told(EndpointDisabled) if str(one.webhook_id) == webhook["id"]]
    assert (event.reason, event.programme_id, event.failing_since) == ("failing", scene.programme.id, begun)


async def test_one_success_clears_the_record(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500), answering(500), OK)
    await scene.tell()
    await scene.attempted(webhook, 1)
    assert (await scene.get(webhook))["failing_since"] is not None
    for number, step in enumerate(STEPS[:2], start=2):
        scene.later(step)
        await scene.attempted(webhook, number)
    delivered = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert [one["outcome"] for one in delivered["attempts"]] == ["refused", "refused", "delivered"]
    assert (await scene.get(webhook))["failing_since"] is None


async def test_an_endpoint_that_is_gone_is_disabled_at_once(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(410))
    await scene.tell()
    failed = await scene.delivery(webhook, lambda one: one["state"] == "failed")
    assert [one["outcome"] for one in failed["attempts"]] == ["gone"]
    off = await scene.get(webhook)
    assert (off["enabled"], off["disabled_reason"]) == (False, "gone")
    (event,) = [one for one in await scene.running.told(EndpointDisabled) if str(one.webhook_id) == webhook["id"]]
    assert event.reason == "gone"
    on = await scene.do(webhook, "enable")
    assert (on["enabled"], on["disabled_reason"], on["failing_since"]) == (True, None, None)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_an_endpoint_that_asks_to_be_left_alone_is(scene: Scene, status: int) -> None:
    path, other = scene.path(), scene.path()
    webhook, well = await scene.webhook(path), await scene.webhook(other)
    scene.receiver.behave(path, answering(status, Retry_After="600"), OK)
    asked = scene.clock.now()
    first = await scene.tell()
    throttled = await scene.attempted(webhook, 1)
    assert throttled["attempts"][0]["outcome"] == ("refused" if status == 503 else "throttled")
    until = (asked + timedelta(seconds=600)).isoformat().replace("+00:00", "Z")
    assert (throttled["next_try_at"], (await scene.get(webhook))["throttled_until"]) == (until, until)
    scene.clock.forward(seconds=599)
    second = await scene.tell()
    await scene.receiver.got(other, 2)  # others are not held up
    assert len(scene.receiver.at(path)) == 1
    scene.clock.forward(seconds=2)
    assert {one.id for one in await scene.receiver.got(path, 3)} == {first.id, second.id}
    assert await eventually(lambda: cleared(scene, webhook))
    assert (await scene.get(well))["throttled_until"] is None


async def cleared(scene: Scene, webhook: dict[str, str]) -> bool:
    return (await scene.get(webhook))["throttled_until"] is None


async def test_without_retry_after_a_minute_is_waited(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(429), OK)
    asked = scene.clock.now()
    await scene.tell()
    throttled = await scene.attempted(webhook, 1)
    assert throttled["next_try_at"] == (asked + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(scene: Scene, status: int) -> None:
    path, secret = scene.path(), scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(status, Location=f"{scene.receiver.url}{secret}"))
    await scene.tell()
    failed = await scene.attempted(webhook, 1)
    assert (failed["attempts"][0]["outcome"], failed["attempts"][0]["status"]) == ("redirected", status)
    tried = await scene.do(webhook, "test")
    assert (tried["outcome"], tried["status"]) == ("redirected", status)
    assert scene.receiver.at(secret) == []


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (b"", "broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "broken-off"),
        (b"220 mail.example.org ESMTP\r\n", "broken-off"),
        (b"\x00" * 200_000, "broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "delivered"),  # the status had been said
    ],
)
async def test_a_connection_that_breaks_is_a_failure_unless_the_status_was_said(
    scene: Scene, raw: bytes, outcome: str
) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, sending(raw))
    await scene.tell()
    assert (await scene.attempted(webhook, 1))["attempts"][0]["outcome"] == outcome


async def test_where_nobody_listens_is_a_failure(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    body = scene.body(path)
    changed = await scene.manager.put(f"/webhooks/{webhook['id']}", {**body, "url": "http://127.0.0.1:1/"})
    assert changed.status_code == 200
    await scene.tell()
    assert (await scene.attempted(webhook, 1))["attempts"][0]["outcome"] == "unreachable"


async def test_of_a_large_answer_little_is_read_and_less_is_kept(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(200, b"a" * 10_000_000))
    await scene.tell()
    delivered = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert delivered["attempts"][0]["answer"] == "a" * 1024


async def test_a_body_that_drips_holds_nobody_up_once_the_status_was_said(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
    await scene.tell()
    delivered = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert delivered["attempts"][0]["answer"].startswith("x")


async def test_what_waits_goes_to_the_new_address(scene: Scene) -> None:
    path, new = scene.path(), scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500))
    told = await scene.tell()
    await scene.attempted(webhook, 1)
    changed = await scene.manager.put(f"/webhooks/{webhook['id']}", scene.body(new))
    assert changed.json()["failing_since"] is None
    scene.later(STEPS[0])
    assert [one.id for one in await scene.receiver.got(new)] == [told.id]


async def test_a_delivery_that_was_given_up_can_be_sent_again(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(410), answering(500), OK)
    await scene.tell()
    failed = await scene.delivery(webhook, lambda one: one["state"] == "failed")
    url = f"/deliveries/{failed['id']}:retry"
    assert refusal(await scene.manager.post(url))[:2] == (409, "webhook-disabled")
    await scene.do(webhook, "enable")
    assert (await scene.manager.post(url)).json()["state"] == "waiting"
    await scene.attempted(webhook, 2)
    scene.later(STEPS[0])  # the schedule has begun again
    delivered = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert [one["outcome"] for one in delivered["attempts"]] == ["gone", "refused", "delivered"]


async def test_order_is_not_kept_and_no_event_waits_for_another(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500), OK)
    first = await scene.tell()
    await scene.attempted(webhook, 1)
    scene.clock.forward(seconds=2)
    second = await scene.tell()
    assert [one.id for one in await scene.receiver.got(path, 2)] == [first.id, second.id]
    scene.later(STEPS[0])
    assert [one.id for one in await scene.receiver.got(path, 3)] == [first.id, second.id, first.id]


async def test_many_events_reach_an_endpoint_few_at_a_time(scene: Scene) -> None:
    path, most, under_way = scene.path(), 0, 0

    async def counting(writer: asyncio.StreamWriter) -> None:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        await OK(writer)
        under_way -= 1

    await scene.webhook(path)
    scene.receiver.behave(path, counting)
    told = {(await scene.tell()).id for _ in range(40)}
    assert {one.id for one in await scene.receiver.got(path, 40)} == told
    assert 1 <= most <= 4
