"""What a tracked link is worth: visitors move points, each once; programs and the author do not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.verify import verify
from libs.clock import SystemClock
from tests.support.eventually import eventually
from tests.support.people import ITEM_URL, OWN, Ambassador, Programme, done, enrol, make_programme
from tests.support.stack import RunningStack

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
OFFICE = {"User-Agent": BROWSER, "X-Forwarded-For": "192.0.2.10"}  # where the author works


@pytest.fixture(scope="module")
async def programme(stack: RunningStack) -> Programme:
    return await make_programme(stack)


async def visit(programme: Programme, link: dict[str, Any], address: str, user_agent: str = BROWSER) -> None:
    headers = {"User-Agent": user_agent, "X-Forwarded-For": address}
    answer = await programme.stack.client.get(link["url"], headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, ITEM_URL)


async def judged(author: Ambassador, link: dict[str, Any], **verdicts: int) -> None:
    """Return when so many visits of the link have come to these verdicts, and no others."""

    async def is_so() -> bool:
        found = done(await author.caller.get(f"/v1/links/{link['id']}/clicks"))
        rejected = {one["verdict"].replace("-", "_"): one["count"] for one in found["rejected"]}
        return {"valid": found["valid"], **rejected} == {"valid": 0, **verdicts} and found["waiting"] == 0

    await eventually(is_so, seconds=30)


async def points_of(programme: Programme, name: str) -> float:
    return (await programme.board(programme.manager()))[name]


async def explained(author: Ambassador, part: str) -> None:
    """Return when the author's latest points say something of their reasons."""

    async def said() -> bool:
        points = done(await author.caller.get(f"/v1/ambassadors/{author.id}/points"))
        return any(part in entry["sentence"] for entry in points["entries"]["items"])

    await eventually(said, seconds=30)


async def test_visitors_move_points_once_and_neither_programs_nor_the_author_do(programme: Programme) -> None:
    helga = await enrol(programme, "Helga")
    wanted = {"programme_id": str(programme.id), "item_id": str(programme.item_id), "network": "linkedin"}
    link = done(await helga.caller.post("/v1/links", wanted, headers=OFFICE))
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    await helga.share(f"{OWN} {link['url']}", at=an_hour_ago, link_id=link["id"])
    await programme.shows("Helga", above=1)
    alone = await points_of(programme, "Helga")

    for number in range(60):
        await visit(programme, link, f"198.18.{number}.1", "LinkedInBot/1.0 (compatible; Mozilla/5.0)")
    await visit(programme, link, OFFICE["X-Forwarded-For"])
    await judged(helga, link, crawler=60, own_visit=1)

    for number in range(3):
        for _ in range(2):
            await visit(programme, link, f"203.0.{number}.7")
    await judged(helga, link, valid=3, same_visitor=3, crawler=60, own_visit=1)
    await explained(helga, "3 visits")
    await programme.shows("Helga", above=alone)
    assert await verify(programme.stack.stack.folder.root, SystemClock()) == 0
    worth = 20 * 3 / (3 + 20)  # steps 4 and 6 of the model, for three visitors and nobody who reacts
    expected = alone / 2 * (2 + 40 * worth / (worth + 40))
    assert await points_of(programme, "Helga") == pytest.approx(expected, rel=0.01)
