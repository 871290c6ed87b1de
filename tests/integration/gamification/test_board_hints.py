"""What changes on a board is told by a hint, once for each batch, and only what readers see."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import open_connection
from libs.bus.hints import hearing
from libs.clock import SystemClock, new_id
from libs.events.hints import BOARDS, BoardHint
from services.gamification.boards.domain import default_board_id
from services.gamification.boards.projection import Projection, Score
from tests.support.builders import Programme, example_a
from tests.support.eventually import eventually
from tests.support.harness import Running


class Ear:
    """The hints that were heard."""

    def __init__(self) -> None:
        self.hints: list[BoardHint] = []

    def heard(self, lines: Sequence[str]) -> None:
        self.hints += [BoardHint.read(line) for line in lines]


@pytest.fixture
async def ear(broker: NatsServer) -> AsyncIterator[Ear]:
    ear = Ear()
    async with (
        open_connection(broker.url_of("gateway"), name="gateway") as connection,
        hearing(connection, BOARDS, ear.heard, missed=lambda: None),
    ):
        yield ear


async def test_an_award_is_hinted_in_each_period_that_it_moves(
    gamification: Running, programme: Programme, ear: Ear
) -> None:
    board = default_board_id(programme.id)
    await gamification.hear(*example_a(programme, new_id()))

    async def told() -> bool:
        periods = {hint.period or "" for hint in ear.hints if hint.board_id == board}
        return {"all", "S001"} <= periods and any("-W" in period for period in periods)

    await eventually(told)
    await gamification.settled()


async def test_somebody_who_hides_is_hinted(gamification: Running, programme: Programme, ear: Ear) -> None:
    subject, author = f"somebody {new_id()}", new_id()
    key = gamification.parts.person_keys.of_subject(subject)
    await gamification.hear(programme.enrolled(author, subject_key=key), *example_a(programme, author))
    await gamification.settled()
    ear.hints.clear()
    hides = gamification.caller("ambassador", programmes=[programme.id], subject=subject)
    answer = await hides.put(f"/ambassadors/{author}/visibility", {"boards": "hidden"})
    assert answer.is_success, answer.text

    async def told() -> bool:
        return BoardHint(default_board_id(programme.id), "all") in ear.hints

    await eventually(told)
    await gamification.settled()


async def test_a_board_that_is_whole_again_is_hinted(
    gamification: Running, programme: Programme, valkey: Any, ear: Ear
) -> None:
    await gamification.hear(*example_a(programme, new_id()))
    await gamification.settled()
    await valkey.flushall()

    async def told() -> bool:
        return BoardHint(default_board_id(programme.id)) in ear.hints

    await eventually(told, seconds=30)


async def test_a_write_that_changes_nothing_is_not_hinted(valkey: Any) -> None:
    hints: list[BoardHint] = []
    projection, board, now = Projection(valkey, changed=hints.append), new_id(), SystemClock().now()
    score = Score(board_id=board, period="all", row_id=new_id(), milli_points=500, sequence=7)
    await projection.apply([score], at=now)
    assert hints == [BoardHint(board, "all")]
    await projection.apply([score], at=now)
    await projection.apply(
        [Score(board_id=board, period="all", row_id=score.row_id, milli_points=9, sequence=3)], at=now
    )
    assert len(hints) == 1
