"""The whole way: what gamification books, hides or builds anew is on the screens of those who follow the board."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import SystemClock, new_id
from libs.storage.valkey import Valkey
from services.gamification.boards.domain import default_board_id
from services.gamification.boards.projection import Projection
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.live import NEVER, follow
from tests.support.builders import Programme, example_a
from tests.support.eventually import eventually
from tests.support.gamification import gamification_at
from tests.support.harness import Running, Stage
from tests.support.live import Page


@dataclass(frozen=True)
class Path:
    """A gateway to which only hints bring news, before a service of which it hears, and a programme's board."""

    gateway: Gateway
    gamification: Running
    programme: Programme
    board: Board


@pytest.fixture
async def path(stage: Stage, broker: NatsServer, run: Run, valkey: Valkey) -> AsyncIterator[Path]:
    programme = Programme()
    async with gamification_at(SystemClock(), stage, broker) as gamification, run(live_check_seconds=NEVER) as gateway:
        await gamification.hear(programme.created())
        await gamification.settled()
        board = Board(valkey, id=default_board_id(programme.id), programme_id=programme.id)

        async def whole() -> bool:
            return not await Projection(valkey).missing([board.id])

        await eventually(whole)
        yield Path(gateway, gamification, programme, board)
        await gamification.settled()


def points(page: Page) -> dict[str, float]:
    return {row["ambassador_id"]: row["points"] for row in page["items"]}


async def joined(path: Path, subject: str) -> UUID:
    author, key = new_id(), path.gamification.parts.person_keys.of_subject(subject)
    await path.gamification.hear(path.programme.enrolled(author, subject_key=key))
    return author


async def test_an_award_comes_by_itself_and_who_hides_goes_by_themself(path: Path) -> None:
    subject = f"somebody {new_id()}"
    author, other = await joined(path, subject), await joined(path, "other")
    async with follow(path.gateway, path.board) as listener:
        assert (await listener.event()).data["items"] == []
        await path.gamification.hear(*example_a(path.programme, author), *example_a(path.programme, other))
        await listener.until(lambda page: points(page) == {str(author): 25.12, str(other): 25.12})
        hides = path.gamification.caller("ambassador", programmes=[path.programme.id], subject=subject)
        answer = await hides.put(f"/ambassadors/{author}/visibility", {"boards": "hidden"})
        assert answer.is_success
        await listener.until(lambda page: points(page) == {str(other): 25.12})
        assert set(listener.kinds[1:]) == {"change"}


async def test_after_a_flush_the_board_comes_back_whole_by_itself(path: Path) -> None:
    author = await joined(path, "somebody")
    await path.gamification.hear(*example_a(path.programme, author))
    await path.gamification.settled()
    async with follow(path.gateway, path.board) as listener:
        await listener.until(lambda page: points(page) == {str(author): 25.12})
        before = listener.last_id
        await path.board.valkey.flushall()
        await listener.until(lambda page: listener.last_id != before and points(page) == {str(author): 25.12})
        assert all(row["points"] == 25.12 for row in listener.page["items"])
