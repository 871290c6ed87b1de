"""Bugs that other boards shipped, each under its name; attempts (one more of them) do not exist here.

Ranks are compared with PostgreSQL's window functions, which know nothing of how boards are kept.
"""

import asyncio
import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.boards.bodies import ranks
from gateway.boards.cursors import cursor_of, position_of
from gateway.boards.definitions import Definition
from gateway.boards.keys import ambassador_of
from gateway.boards.sheets import Sheet
from gateway.boards.standings import Standings
from libs.clock import new_id
from libs.storage.pipelined import Pipelined
from services.gamification.boards import store as boards
from services.gamification.boards.domain import Standing, default_board_id, period_keys
from services.gamification.boards.projection import Projection, Score
from services.gamification.ledger import store
from services.gamification.ledger.domain import Difference, LineKey
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Line, LineKind
from services.gamification.seasons.domain import State, next_state, seasons_until
from tests.support.builders import WEDNESDAY, Programme, example_a
from tests.support.eventually import eventually
from tests.support.harness import Running

PARIS = Calendar(UUID(int=1), "Europe/Paris", date(2026, 8, 31))
WINDOWS = """
    SELECT who, row_number() OVER (ORDER BY score DESC, sequence) AS first, rank() OVER (ORDER BY score DESC) AS shared
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS held(who uuid, score bigint, sequence bigint)
"""


def history(board: UUID, seed: int, length: int = 300) -> list[Score]:
    """What could have come about: ties, changes of nothing, people who hide and come back, rows that go and return."""
    chance, people = random.Random(seed), [new_id() for _ in range(12)]
    held: dict[UUID, tuple[int | None, int, int]] = dict.fromkeys(people, (0, 0, 0))
    told = []
    for sequence in range(1, length):
        who = chance.choice(people)
        points, before, choice = held[who]
        if before and chance.random() < 0.15:
            choice += 1
            held[who] = points, before, choice
        elif not before or chance.random() < 0.9:
            held[who] = chance.choice([None, 0, 500, 1000, 1500]), sequence, choice
        points, since, choice = held[who]
        told.append(
            Score(
                board_id=board,
                period="all",
                row_id=who,
                milli_points=points,
                sequence=since,
                appearance="hidden" if choice % 2 else "name",
                choice=choice,
            )
        )
    return told


async def read(reader: Pipelined, board: UUID, tie: str, *, size: int = 100, period: str = "all") -> dict[UUID, int]:
    """Everybody's rank, read page by page as the gateway does."""
    definition = Definition(
        board_id=board, programme_id=new_id(), title="", time_zone="UTC", first_day=date(2026, 1, 5), tie=tie
    )
    found: dict[UUID, int] = {}
    sheet, cursor = Sheet(definition, period), None
    while True:
        window = await Standings(reader).page(sheet, size=size, after=position_of(cursor, period))
        rows = zip(window.members, ranks(definition, window), strict=True)
        found |= {UUID(bytes=ambassador_of(member)): rank for member, rank in rows}
        if (cursor := cursor_of(period, window)) is None:
            return found


async def by_window_function(gamification: Running, told: list[Score], tie: str) -> dict[UUID, int]:
    last: dict[UUID, Score] = {}
    for score in told:
        last[score.row_id] = score
    rows = [
        {"who": str(one.row_id), "score": one.milli_points, "sequence": one.sequence}
        for one in last.values()
        if one.appearance != "hidden" and one.milli_points is not None
    ]
    return {row["who"]: row[tie] for row in await gamification.rows(WINDOWS, rows=json.dumps(rows))}


@pytest.mark.parametrize("tie", ["first", "shared"])
@pytest.mark.parametrize("seed", range(6))
async def test_bug_2_ranks_under_concurrent_writers_equal_a_window_function(
    gamification: Running, valkey: Any, reader: Pipelined, seed: int, tie: str
) -> None:
    projection, board = Projection(valkey), new_id()
    told, chance = history(board, seed), random.Random(seed)
    mark = await projection.begin(board, {"title": "Voices"})
    writes = [told[start : start + 7] for start in range(0, len(told), 7)] * 2  # everything twice, in any order
    chance.shuffle(writes)
    half = len(writes) // 2
    await asyncio.gather(*(projection.apply(write, at=WEDNESDAY) for write in writes[:half]))
    await projection.finish(board, ["all"], mark)
    await asyncio.gather(*(projection.apply(write, at=WEDNESDAY) for write in writes[half:]))
    wanted = await by_window_function(gamification, told, tie)
    assert wanted
    assert await read(reader, board, tie) == wanted
    for size in (1, 3):  # bugs 4 and 5: pages that number their rows otherwise than the whole
        assert await read(reader, board, tie, size=size) == wanted


async def test_bug_1_the_board_is_not_told_of_what_the_database_did_not_keep(
    gamification: Running, valkey: Any
) -> None:
    programme, author = Programme(), new_id()
    await gamification.hear(programme.created())
    await gamification.settled()
    share = programme.share(author)
    async with gamification.parts.db.transaction() as tx:
        await gamification.app.state.settlement(tx, [share])
        await tx.session.rollback()
    await gamification.settled()
    assert await Projection(valkey).shown(default_board_id(programme.id), "all") == {}


async def test_bug_3_a_change_of_nothing_moves_nobody(gamification: Running) -> None:
    programme, author = Programme(), new_id()
    await gamification.hear(programme.created(), *example_a(programme, author))
    await gamification.settled()
    read_balances = "SELECT period, milli_points, sequence FROM balance WHERE ambassador_id = :who ORDER BY period"
    before = await gamification.rows(read_balances, who=author)
    async with gamification.parts.db.transaction() as tx:
        calendar = Calendar(programme.id, programme.time_zone, programme.first_day)
        found = {}
        for start, end in ((0, 700), (700, 0)):
            share = new_id()
            line = Line(kind=LineKind.SHARE, share_id=share, milli_points=end, factors={})
            key = LineKey(author, "2026-W45", line.kind.value, share)
            found[new_id()] = Difference(key, line, calendar, 1, start)
        await store.book(tx, found, cause="test", now=WEDNESDAY)
    assert await gamification.rows(read_balances, who=author) == before


async def test_bug_7_equal_scores_have_one_order_and_bug_11_zero_has_a_rank(valkey: Any, reader: Pipelined) -> None:
    board, people = new_id(), [new_id() for _ in range(9)]
    scores = [
        Score(board_id=board, period="all", row_id=who, milli_points=0, sequence=sequence)
        for sequence, who in enumerate(people, start=1)
    ]
    projection = Projection(valkey)
    mark = await projection.begin(board, {"title": "Voices"})
    await projection.apply(random.Random(4).sample(scores, len(scores)), at=WEDNESDAY)
    await projection.finish(board, ["all"], mark)
    assert await read(reader, board, "first") == {who: rank for rank, who in enumerate(people, start=1)}
    assert set((await read(reader, board, "shared")).values()) == {1}


async def test_bug_8_the_time_of_a_board_stands_when_no_score_changes(valkey: Any) -> None:
    projection, board = Projection(valkey), new_id()
    score = Score(board_id=board, period="all", row_id=new_id(), milli_points=5, sequence=9)
    await projection.apply([score], at=WEDNESDAY)
    version = period_keys(board, "all")[2]
    before = await valkey.hgetall(version)
    await projection.apply([score], at=WEDNESDAY + timedelta(hours=1))
    assert await valkey.hgetall(version) == before


async def test_bug_10_a_season_that_is_over_does_not_count_in_the_next(gamification: Running, valkey: Any) -> None:
    programme, old, new = Programme(first_day=date(2026, 6, 1)), new_id(), new_id()
    await gamification.hear(
        programme.created(),
        programme.share(old, at=datetime(2026, 7, 1, tzinfo=UTC)),
        programme.share(new, at=WEDNESDAY),
    )
    await gamification.settled()
    board, projection = default_board_id(programme.id), Projection(valkey)

    async def whole() -> bool:
        return not await projection.missing([board])

    await eventually(whole)
    assert set(await projection.shown(board, "S001")) == {old}
    assert set(await projection.shown(board, "S002")) == {new}


@pytest.mark.parametrize("state", [State.OPEN, State.FROZEN, State.SETTLED, State.ARCHIVED])
def test_bug_6_a_season_closes_neither_early_nor_twice(state: State) -> None:
    ends_at, grace = datetime(2026, 11, 29, 23, tzinfo=UTC), timedelta(hours=48)
    following = ends_at + timedelta(weeks=13)
    assert next_state(state, ends_at, following, grace=grace, now=ends_at + grace - timedelta(seconds=1)) is None
    later = next_state(state, ends_at, following, grace=grace, now=following + grace)
    assert later is {State.OPEN: State.FROZEN, State.FROZEN: State.SETTLED, State.SETTLED: State.ARCHIVED}.get(state)


def test_bug_12_a_season_ends_at_local_midnight_also_when_the_clocks_have_changed() -> None:
    first, second = seasons_until(PARIS, datetime(2026, 12, 1, tzinfo=UTC))
    assert (first.name, first.ends_at) == ("S001", datetime(2026, 11, 29, 23, tzinfo=UTC))  # begun in summer time
    assert PARIS.day(first.ends_at) == second.first_day
    assert PARIS.day(first.ends_at - timedelta(seconds=1)) == second.first_day - timedelta(days=1)


def kept_history(seed: int) -> list[list[tuple[UUID, str, int, date | None]]]:
    """Rounds of what rows come to, all of them each time: ties, changes of nothing, rows that go and return."""
    chance, rows = random.Random(seed), [UUID(int=seed * 100 + number) for number in range(1, 10)]
    return [
        [(row, "2026-11", chance.randrange(4) * 500, None) for row in rows if chance.random() < 0.8] for _ in range(12)
    ]


@pytest.mark.parametrize("tie", ["first", "shared"])
@pytest.mark.parametrize("seed", range(1, 5))
async def test_kept_standings_rank_as_a_window_function_over_what_is_kept(
    gamification: Running, valkey: Any, reader: Pipelined, seed: int, tie: str
) -> None:
    projection, board, chance = Projection(valkey), new_id(), random.Random(seed)
    rows, changes = [UUID(int=seed * 100 + number) for number in range(1, 10)], []
    for told in kept_history(seed):
        async with gamification.parts.db.transaction() as tx:
            changes += await boards.replace_standings(tx, board, rows, told)
    chance.shuffle(changes)  # writers overtake each other
    mark = await projection.begin(board, {"title": "Voices"})
    writes = [[shown_as(board, one) for one in changes[start::16]] for start in range(16)]
    await asyncio.gather(*(projection.apply(write, at=WEDNESDAY) for write in writes))
    await projection.finish(board, ["2026-11"], mark)
    wanted = await gamification.rows(KEPT, board=board)
    assert wanted
    assert await read(reader, board, tie, period="2026-11") == {row["row_id"]: row[tie] for row in wanted}


KEPT = """
    SELECT row_id, row_number() OVER (ORDER BY score DESC, sequence) AS first,
           rank() OVER (ORDER BY score DESC) AS shared
    FROM board_standing WHERE board_id = :board AND score IS NOT NULL
"""


def shown_as(board: UUID, one: Standing) -> Score:
    return Score(board_id=board, period=one.period, row_id=one.row_id, milli_points=one.score, sequence=one.sequence)
