"""What content tells: twice, out of order, and again with other words."""

from uuid import UUID

from libs.clock import new_id
from libs.events.content import PublishedCaption
from libs.events.envelope import seal
from tests.integration.sharing.scene import ENGLISH, OWN, Scene
from tests.support.answers import done
from tests.support.clock import MovedClock
from tests.support.harness import Running


async def test_an_item_may_come_before_its_programme(sharing: Running, clock: MovedClock) -> None:
    scene = Scene(sharing=sharing, clock=clock)
    await sharing.hear(scene.told_item())
    await sharing.settled()
    await sharing.hear(scene.told_programme())
    await sharing.settled()
    path = f"/programmes/{scene.programme_id}/teams"
    scene.team_id = done(await scene.manager().post(path, {"name": "Repairs"}), 201)["id"]
    assert (await (await scene.member()).preview(ENGLISH))["originality"] == 0.0


async def test_an_event_delivered_twice_is_applied_once(scene: Scene) -> None:
    event = scene.told_item(item_id=new_id(), captions=())
    envelope = seal(event, id=str(new_id()), source="test", key="k", time=scene.clock.now(), correlation_id="test")
    await scene.sharing.publish(envelope)
    await scene.sharing.publish(envelope.model_copy(update={"traceparent": "00-" + "1" * 32 + "-" + "1" * 16 + "-01"}))
    await scene.sharing.settled()
    found = await scene.sharing.rows("SELECT count(*) AS n FROM inbox WHERE message_id = :id", id=envelope.id)
    assert found[0]["n"] == 1
    assert not (await scene.sharing.rows("SELECT 1 FROM sharing_caption WHERE item_id = :id", id=event.item_id))


async def test_an_item_told_again_changes_nothing(scene: Scene) -> None:
    other = PublishedCaption(caption_id=scene.english, network=None, language="en", text=OWN)
    await scene.sharing.hear(scene.told_item(captions=(other,), campaign_id=UUID(int=1)), scene.told_programme())
    await scene.sharing.settled()
    alice = await scene.member()
    assert (await alice.share(OWN))["campaign_id"] == str(scene.campaign_id)
    assert (await alice.preview(ENGLISH))["originality"] == 0.0
