from deploy.local.servers.nats import NatsServer
from tests.integration.engagement.play import Play, interaction
from tests.support.eventually import eventually


async def test_while_the_broker_is_away_a_door_answers_503_and_sending_again_counts_once(
    play: Play, broker: NatsServer
) -> None:
    share = await play.publishes()
    item = interaction(share)
    await broker.kill()
    refused = await play.posts(item)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:timbre:problem:bus-unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    await broker.start()

    async def accepted() -> bool:
        return (await play.posts(item)).status_code == 202

    await eventually(accepted)
    assert len(await play.recorded()) == 1
