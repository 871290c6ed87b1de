"""What the doors have taken is what measures tell, once, whatever comes twice and corrects itself."""

from typing import Any

from libs.clock import new_id
from tests.integration.engagement.play import Play, at, interaction


async def snapshots(play: Play, *items: dict[str, Any]) -> None:
    answer = await play.running.caller("service").post(f"/snapshots?programme_id={play.programme_id}", list(items))
    assert answer.status_code == 202, answer.text
    await play.running.settled()


async def measured(play: Play, by: str = "share") -> dict[str, Any]:
    query = {"programme_id": str(play.programme_id), "by": by}
    answer = await play.running.caller("analyst").get("/measures", params=query)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["items"]
    return dict(found)


async def test_interactions_and_snapshots_end_as_the_right_number(play: Play) -> None:
    await play.opens()
    item = new_id()
    share = await play.publishes(audience=300, item_id=item)
    await play.consents(share.ambassador_id, "author")
    acts = [
        interaction(share, "reaction", occurred_at=at(minutes=59)),
        interaction(share, "reaction", occurred_at=at(hours=1)),
        interaction(share, "reaction", person="author"),
        interaction(share, "comment", external_id="c1"),
        interaction(share, "comment", external_id="c2"),
        interaction(share, "conversion", person="visitor", goal="lead"),
        interaction(share, "conversion", person="visitor", goal="lead"),
        interaction(share, "follow", provenance="declared"),
    ]
    await play.accepts(*acts)
    await play.accepts(*acts, interaction(share, "reply", answers="c1", external_id="r1"))
    reading = {"share_id": str(share.share_id), "kind": "reaction", "provenance": "measured"}
    await snapshots(play, {**reading, "count": 9, "read_at": at(days=1)})
    await snapshots(play, {**reading, "count": 7, "read_at": at(days=2)})  # a correction
    await snapshots(play, {**reading, "count": 99, "read_at": at(hours=3)})  # late
    await snapshots(play, {**reading, "kind": "reach", "count": 500, "read_at": at(days=1), "provenance": "estimated"})
    found = await measured(play, "item")
    assert found["key"] == str(item)
    assert (found["shares"], found["audience"]) == (1, 300)
    assert (found["reactions"]["value"], found["reactions"]["people"]) == (7, 0)
    assert (found["comments"]["value"], found["answered"], found["answer_rate"]) == (2, 1, 0.5)
    assert (found["follows"]["value"], found["follows"]["declared"]) == (1, 1)
    assert (found["reach"]["value"], found["reach"]["estimated"]) == (0, 500)
    assert [(one["goal"], one["visitors"]["value"]) for one in found["conversions"]] == [("lead", 1)]
    assert (found["first_hour"], found["engagement"]) == (1, 9)


async def test_what_waited_for_its_share_is_measured_when_the_share_comes(play: Play) -> None:
    await play.opens()
    share_id = new_id()
    answer = await play.posts(interaction(share_id, "reaction"))
    assert answer.status_code == 202
    await play.running.settled()
    share = await play.publishes(share_id=share_id)
    await play.running.settled()
    found = await measured(play)
    assert (found["key"], found["reactions"]["value"]) == (str(share.share_id), 1)
