"""What streams keep is sent again, with the ids that it had, and not faster than the endpoint takes it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from libs.clock import new_id
from tests.integration.webhooks.receiver import OK, answering
from tests.integration.webhooks.scene import Scene
from tests.support.answers import refusal
from tests.support.eventually import eventually

# the broker has the machine's clock, whatever ours says; a programme of its own keeps each test apart
SINCE = datetime.now(UTC) - timedelta(hours=1)


async def replayed(scene: Scene, webhook: dict[str, Any], since: Any, **more: Any) -> dict[str, Any]:
    """Ask for a replay and return it when it has read to its end."""
    scene.clock.forward(minutes=5)  # all this was stored before now
    await scene.do(webhook, "replay", {"since": since.isoformat(), **more}, status=202)

    async def ended() -> dict[str, Any] | None:
        found = await scene.get(webhook, "/replay")
        return found if found["ended_at"] else None

    found = await eventually(ended, seconds=30)
    assert found is not None
    return found


async def test_what_was_told_before_a_webhook_was_made_can_be_had(scene: Scene) -> None:
    told = [await scene.tell() for _ in range(3)]
    await scene.tell(scene.programme.enrolled(new_id()))  # another type
    await scene.running.settled()
    path = scene.path()
    webhook = await scene.webhook(path)
    found = await replayed(scene, webhook, SINCE)
    assert (found["queued"], found["reason"], found["delivered"]) == (3, "asked", False)
    assert {one.id for one in await scene.receiver.got(path, 3)} == {one.id for one in told}


async def test_a_replay_sends_what_has_failed_and_not_what_arrived_unless_it_is_asked_to(scene: Scene) -> None:
    path = scene.path()
    webhook = await scene.webhook(path)
    scene.receiver.behave(path, OK, answering(410), OK)
    arrived = await scene.tell()
    await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    lost = await scene.tell()
    await scene.delivery(webhook, lambda one: one["state"] == "failed")
    missed = await scene.tell()  # while it is disabled
    await scene.running.settled()
    await scene.do(webhook, "enable")
    assert (await replayed(scene, webhook, SINCE))["queued"] == 2
    assert {one.id for one in (await scene.receiver.got(path, 4))[2:]} == {lost.id, missed.id}
    assert await eventually(lambda: all_delivered(scene, webhook))
    assert (await replayed(scene, webhook, SINCE))["queued"] == 0
    assert (await replayed(scene, webhook, SINCE, delivered=True))["queued"] == 3
    again = (await scene.receiver.got(path, 7))[4:]
    assert {one.id for one in again} == {arrived.id, lost.id, missed.id}
    assert len(await scene.log(webhook)) == 3
    assert all(one.verified_by(webhook["secret"], now=scene.clock.now()) for one in again)


async def all_delivered(scene: Scene, webhook: dict[str, Any]) -> bool:
    return {one["state"] for one in await scene.log(webhook)} == {"delivered"}


async def test_a_replay_begins_at_its_time_and_keeps_to_programme_type_and_filters(scene: Scene) -> None:
    author = new_id()
    await scene.tell(scene.programme.share(author))
    stored = await scene.running.parts.connection.api("STREAM.INFO.SHARING")
    path = scene.path()
    webhook = await scene.webhook(path, filters={"ambassador_id": str(author)})
    since = datetime.fromisoformat(stored["state"]["last_ts"]) + timedelta(microseconds=1)
    late = await scene.tell(scene.programme.share(author))
    await scene.tell(scene.programme.share(new_id()))
    await scene.receiver.got(path)
    await scene.delivery(webhook, lambda one: one["state"] == "delivered")
    assert (await replayed(scene, webhook, since, delivered=True))["queued"] == 1
    assert [one.id for one in await scene.receiver.got(path, 2)] == [late.id] * 2


async def test_one_replay_at_a_time_of_a_webhook_that_hears(scene: Scene) -> None:
    webhook = await scene.webhook(scene.path())
    url, since = f"/webhooks/{webhook['id']}", scene.clock.now().isoformat()
    assert refusal(await scene.manager.get(f"{url}/replay"))[:2] == (404, "replay-not-found")
    future = (scene.clock.now() + timedelta(hours=1)).isoformat()
    for wrong in (future, "2026-11-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = await scene.manager.post(f"{url}:replay", {"since": wrong})
        assert refusal(answer) == (422, "invalid-request", ["since"])
    await scene.do(webhook, "disable")
    assert refusal(await scene.manager.post(f"{url}:replay", {"since": since}))[:2] == (409, "webhook-disabled")
