from typing import Any
from uuid import UUID

import pytest

from libs.events.content import CampaignCreated
from tests.integration.content.scene import CAMPAIGN, Scene
from tests.support.answers import done, refusal


async def test_a_campaign_says_whether_its_captions_are_locked(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/campaigns"
    locked = done(await scene.manager().post(path, {**CAMPAIGN, "captions_locked": True}), 201)
    expected = {scene.campaign_id: False, UUID(locked["id"]): True}
    found = done(await scene.manager().get(path), 200)["items"]
    events = [e for e in await scene.content.told(CampaignCreated) if e.programme_id == scene.programme_id]
    assert {UUID(one["id"]): one["captions_locked"] for one in found} == expected
    assert {event.campaign_id: event.captions_locked for event in events} == expected
    assert done(await scene.manager().get(f"/campaigns/{locked['id']}"), 200) == locked


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"captions_locked": "maybe"}, "captions_locked"),
        ({"captions_locked": None}, "captions_locked"),
        ({"name": "two\nlines"}, "name"),
        ({"objective": {**CAMPAIGN["objective"], "target": 0}}, "objective.target"),  # type: ignore[dict-item] # a literal
    ],
)
async def test_a_bad_campaign_names_the_field(scene: Scene, other: dict[str, Any], field: str) -> None:
    answer = await scene.manager().post(f"/programmes/{scene.programme_id}/campaigns", {**CAMPAIGN, **other})
    assert refusal(answer) == (422, "invalid-request", [field])
