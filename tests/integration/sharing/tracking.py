"""What the tests of links and clicks do again and again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.clock import new_id
from libs.events.gateway import Visit, VisitsSeen
from libs.events.sharing import Click, ClicksRecorded
from tests.integration.sharing.scene import Member, Scene
from tests.support.answers import done

ITEM_URL = "https://www.lumen.example/workshop"


async def linked_item(scene: Scene, url: str | None = ITEM_URL) -> UUID:
    """A published item with an address of its own."""
    item_id = new_id()
    await scene.sharing.hear(scene.told_item(item_id=item_id, captions=(), url=url))
    await scene.sharing.settled()
    return item_id


async def allow(scene: Scene, *hosts: str, **more: Any) -> dict[str, Any]:
    path = f"/programmes/{scene.programme_id}/link-settings"
    return done(await scene.manager().put(path, {"hosts": list(hosts), **more}), 200)


def wanted(member: Member, **more: Any) -> dict[str, Any]:
    return {"programme_id": str(member.programme_id), "network": "linkedin", **more}


async def make(member: Member, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    return done(await member.caller.post("/links", wanted(member, **more), headers=headers), 201)


def visit(link: dict[str, Any], number: int, *, at: datetime, **other: Any) -> Visit:
    """A person on a network of their own, unless said otherwise."""
    values: dict[str, Any] = {
        "visit_id": new_id(),
        "link_id": UUID(link["id"]),
        "seen_at": at,
        "visitor": f"visitor-{number}",
        "network": f"network-{number}",
        "agent": "person",
        "prefetch": False,
    }
    return Visit(**{**values, **other})


async def see(scene: Scene, *visits: Visit) -> None:
    """Let the gateway tell of visits, in one event."""
    await scene.sharing.hear(VisitsSeen(visits=visits))
    await scene.sharing.settled()


async def clicks(scene: Scene) -> list[Click]:
    """All clicks that were told of the scene's programme."""
    told: Sequence[ClicksRecorded] = await scene.sharing.told(ClicksRecorded)
    return [click for event in told if event.programme_id == scene.programme_id for click in event.clicks]


async def posted(member: Member, link: dict[str, Any], scene: Scene, **more: Any) -> dict[str, Any]:
    """A share with the link in it, published an hour ago."""
    at = scene.clock.now() - timedelta(hours=1)
    item = {"item_id": link["item_id"]}
    return await member.share(
        f"Come and see us {link['url']}", link_id=link["id"], published_at=at.isoformat(), **{**item, **more}
    )
