from libs.clock import new_id
from tests.support.answers import done, refusal
from tests.support.stack import RunningStack

SHARE = "sharing.share.published.v1"


async def test_through_the_public_door_no_endpoint_can_be_inside(stack: RunningStack) -> None:
    manager = stack.caller("manager", programmes=[programme := new_id()])
    url = f"/v1/programmes/{programme}/webhooks"
    for inside in ("https://127.0.0.1/", "https://localhost:8443/", "https://169.254.169.254/", "http://127.0.0.1/"):
        answer = await manager.post(url, {"url": inside, "event_types": [SHARE]})
        assert refusal(answer) == (422, "invalid-request", ["url"])
    assert done(await manager.get(url), 200) == {"items": [], "next": None}
    foreign = stack.caller("manager", programmes=[new_id()])
    assert refusal(await foreign.get(url))[:2] == (403, "foreign-programme")


async def test_the_document_of_the_public_door_describes_webhooks(stack: RunningStack) -> None:
    paths = done(await stack.client.get("/openapi.json"), 200)["paths"]
    assert set(paths["/v1/webhooks/{webhook_id}"]) == {"get", "put", "delete"}
    assert "/v1/webhooks/{webhook_id}:rotate" in paths
