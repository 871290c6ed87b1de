"""From an event to a receiver that verifies it, once for each webhook that hears it."""

import asyncio
import json
from typing import Any

from libs.clock import new_id
from libs.events.engagement import InteractionsRecorded
from libs.events.topology import EVENTS, PUBLIC
from tests.integration.webhooks.receiver import OK, answering, waiting_for
from tests.integration.webhooks.scene import SHARE, Scene
from tests.support.answers import done, refusal
from tests.support.builders import Programme, act
from tests.support.eventually import eventually


async def test_an_event_is_posted_as_it_was_told_and_the_public_library_verifies_it(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    told = await scene.tell()
    (posted,) = await scene.receiver.got(path)
    assert posted.line == f"POST {path} HTTP/1.1"
    assert posted.id == told.id
    assert posted.body == told.to_bytes()
    assert posted.verified_by(webhook["secret"], now=scene.clock.now()) == json.loads(told.to_bytes())
    assert posted.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert posted.headers["host"] == scene.receiver.url.removeprefix("http://")
    delivery = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert (delivery["event_id"], delivery["event_type"], delivery["attempted"]) == (told.id, SHARE, 1)
    (attempt,) = delivery["attempts"]
    assert (attempt["outcome"], attempt["status"], attempt["answer"]) == ("delivered", 200, "thank you")
    assert delivery["next_try_at"] is None


async def test_each_webhook_hears_what_it_asked_for_and_only_of_its_programme(scene: Scene) -> None:
    author, other = new_id(), new_id()
    everything, one_author, other_type = scene.path(), scene.path(), scene.path()
    webhooks = [
        await scene.webhook(everything),
        await scene.webhook(one_author, filters={"ambassador_id": str(author), "network": "linkedin"}),
        await scene.webhook(other_type, types=["sharing.ambassador.enrolled.v1"]),
    ]
    of_author = await scene.tell(scene.programme.share(author))
    of_other = await scene.tell(scene.programme.share(other))
    on_x = await scene.tell(scene.programme.share(author, network="x"))
    await scene.tell(Programme().share(author))  # of a programme that nobody here asked about
    last = await scene.tell(scene.programme.enrolled(author))
    assert [one.id for one in await scene.receiver.got(other_type)] == [last.id]
    heard = await scene.receiver.got(everything, 3)
    assert {one.id for one in heard} == {of_author.id, of_other.id, on_x.id}
    assert [one.id for one in await scene.receiver.got(one_author)] == [of_author.id]
    # all that was told before the last has been applied: nothing more can come
    assert [len(await scene.log(webhook)) for webhook in webhooks] == [3, 1, 1]


async def test_an_event_that_is_told_twice_is_delivered_once(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    first = await scene.tell()
    await scene.running.publish(first)
    second = await scene.tell()
    await scene.receiver.got(path, 2)
    await scene.running.settled()
    assert [one["event_id"] for one in await scene.log(webhook)] == [second.id, first.id]
    assert len(scene.receiver.at(path)) == 2


async def test_what_was_told_before_a_webhook_asked_is_not_sent_should_the_stream_be_read_again(scene: Scene) -> None:
    before = await scene.tell()
    await scene.running.settled()
    scene.clock.forward(minutes=5)
    path = scene.path()
    await scene.webhook(path)
    await scene.running.publish(before)  # as if the consumer had been deleted and made again
    after = await scene.tell()
    assert [one.id for one in await scene.receiver.got(path)] == [after.id]


async def test_a_large_event_goes_thin_and_its_whole_is_read_at_the_gateway(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path, types=[InteractionsRecorded.type])
    share = scene.programme.share(new_id())
    acts = [act(share, "reaction", f"person {number}") for number in range(300)]
    told = await scene.tell(scene.programme.recorded(*acts))
    (posted,) = await scene.receiver.got(path)
    thin: Any = posted.verified_by(webhook["secret"], now=scene.clock.now())
    assert len(posted.body) < 20_000 < len(told.to_bytes())
    assert "data" not in thin
    assert (thin["id"], thin["type"]) == (told.id, told.type)
    assert thin["dataref"] == f"/v1/deliveries/{(await scene.log(webhook))[0]['id']}/event"
    machine = scene.running.caller("service", programmes=[scene.programme.id])
    whole = await machine.get(thin["dataref"].removeprefix("/v1"))
    assert whole.content == told.to_bytes()
    stranger = scene.running.caller("service", programmes=[new_id()])
    assert refusal(await stranger.get(thin["dataref"].removeprefix("/v1")))[:2] == (404, "delivery-not-found")


async def test_every_public_event_can_be_heard(scene: Scene) -> None:
    types = sorted(kind for kind in EVENTS if kind.split(".")[0] in PUBLIC)
    path = scene.path()
    await scene.webhook(path, types=types)
    share = scene.programme.share(new_id())
    for event in (scene.programme.created(), share, scene.programme.recorded(act(share, "comment", "somebody"))):
        await scene.tell(event)
    heard = await scene.receiver.got(path, 3)
    assert {json.loads(one.body)["type"].split(".")[0] for one in heard} == {"content", "sharing", "engagement"}


async def test_the_log_is_read_in_pages_and_by_state(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, OK, OK, answering(500))
    for count in range(1, 4):
        await scene.tell()
        await scene.receiver.got(path, count)
        await scene.attempted(webhook, 1)
    url = f"/webhooks/{webhook['id']}/deliveries"
    first = done(await scene.manager.get(url, params={"limit": 2}), 200)
    second = done(await scene.manager.get(url, params={"limit": 2, "cursor": first["next"]}), 200)
    assert [one["state"] for one in [*first["items"], *second["items"]]] == ["waiting", "delivered", "delivered"]
    assert (len(first["items"]), second["next"]) == (2, None)
    assert [one["state"] for one in await scene.log(webhook, state="delivered")] == ["delivered", "delivered"]
    assert await scene.log(webhook, state="failed") == []


async def test_a_delivery_is_sent_again_at_once_when_it_is_asked_for(scene: Scene) -> None:
    path, let_go = scene.path(), asyncio.Event()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500, b"not yet"), waiting_for(let_go, OK))
    await scene.tell()
    failed = await scene.attempted(webhook, 1)
    assert (failed["state"], failed["attempts"][0]["answer"]) == ("waiting", "not yet")
    assert failed["next_try_at"] is not None
    retried = done(await scene.manager.post(f"/deliveries/{failed['id']}:retry"), 200)
    assert retried["next_try_at"] == scene.clock.now().isoformat().replace("+00:00", "Z")
    first, second = await scene.receiver.got(path, 2)
    assert (first.id, first.body) == (second.id, second.body)
    under_way = await scene.manager.post(f"/deliveries/{failed['id']}:retry")
    assert refusal(under_way)[:2] == (409, "delivery-under-way")
    let_go.set()
    delivered = await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert [one["outcome"] for one in delivered["attempts"]] == ["refused", "delivered"]
    done(await scene.manager.post(f"/deliveries/{failed['id']}:retry"), 200)
    assert len(await scene.receiver.got(path, 3)) == 3


async def test_a_test_event_is_posted_at_once_and_what_happened_is_answered(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, OK, answering(401, b"\x00who\x1b are you?"))
    good = await scene.do(webhook, "test")
    assert (good["outcome"], good["status"], good["answer"]) == ("delivered", 200, "thank you")
    (posted,) = scene.receiver.at(path)
    said: Any = posted.verified_by(webhook["secret"], now=scene.clock.now())
    assert (posted.id, said["type"], said["data"]["webhook_id"]) == (good["event_id"], "webhooks.test", webhook["id"])
    bad = await scene.do(webhook, "test")
    assert (bad["outcome"], bad["status"], bad["answer"]) == ("refused", 401, " who  are you?")
    await scene.do(webhook, "disable")
    assert (await scene.do(webhook, "test"))["outcome"] == "refused"
    assert await scene.log(webhook) == []
    assert (await scene.get(webhook))["failing_since"] is None


async def test_few_tests_are_made_at_once(scene: Scene) -> None:
    path, let_go = scene.path(), asyncio.Event()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, waiting_for(let_go, OK))
    url = f"/webhooks/{webhook['id']}:test"
    four = [asyncio.create_task(scene.manager.post(url)) for _ in range(4)]
    await scene.receiver.got(path, 4)
    fifth = await scene.manager.post(url)
    assert (refusal(fifth)[:2], fifth.headers["retry-after"]) == ((503, "too-many-tests"), "5")
    let_go.set()
    assert [done(await one, 200)["outcome"] for one in four] == ["delivered"] * 4


async def test_while_it_is_disabled_nothing_is_sent_and_afterwards_what_waited_is(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500), OK)
    waited = await scene.tell()
    failed = await scene.attempted(webhook, 1)
    off = await scene.do(webhook, "disable")
    assert (off["enabled"], off["disabled_reason"]) == (False, "owner")
    assert (await scene.log(webhook))[0]["next_try_at"] is None
    again = await scene.manager.post(f"/deliveries/{failed['id']}:retry")
    assert refusal(again)[:2] == (409, "webhook-disabled")
    await scene.tell()  # not kept for it
    await scene.running.settled()
    scene.clock.forward(hours=1)
    other = scene.path()
    await scene.webhook(other)
    await scene.tell()
    await scene.receiver.got(other)  # the dispatcher has looked since
    assert len(scene.receiver.at(path)) == 1
    assert (await scene.do(webhook, "enable"))["enabled"]
    assert [one.id for one in await scene.receiver.got(path, 2)] == [waited.id] * 2


async def test_what_waits_is_deleted_with_its_webhook(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500))
    await scene.tell()
    await scene.attempted(webhook, 1)
    answer = await scene.manager.delete(f"/webhooks/{webhook['id']}")
    assert answer.status_code == 204
    counted = "SELECT count(*) AS rows FROM {} WHERE webhook_id = :id"
    for table in ("delivery", "webhook_secret"):
        (row,) = await scene.running.rows(counted.format(table), id=webhook["id"])
        assert row["rows"] == 0
    assert refusal(await scene.manager.get(f"/webhooks/{webhook['id']}"))[:2] == (404, "webhook-not-found")


async def test_how_much_waits_is_seen_from_outside(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, answering(500))
    await scene.tell()
    await scene.attempted(webhook, 1)
    text = (await scene.running.client.get("/metrics")).text
    assert 'webhooks_attempts_total{outcome="refused",service="webhooks"}' in text
    assert 'webhooks_attempts_under_way{service="webhooks"}' in text

    async def watched() -> bool:
        found = (await scene.running.client.get("/metrics")).text
        return 'webhooks_waiting_deliveries{service="webhooks"} 0.0' not in found

    assert await eventually(watched, seconds=30)
