import random
from itertools import pairwise
from typing import Any
from uuid import UUID

from libs.clock import new_id
from services.gamification.boards.domain import default_board_id, member_bytes, period_keys
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.projection import Projection, Score
from tests.support.builders import WEDNESDAY, Programme, act, example_a
from tests.support.eventually import eventually
from tests.support.harness import Running


def keeper_of(gamification: Running) -> BoardKeeper:
    keeper: BoardKeeper = gamification.app.state.keeper
    return keeper


async def ready(valkey: Any, programme: Programme) -> None:
    board = default_board_id(programme.id)

    async def complete() -> bool:
        return not await Projection(valkey).missing([board])

    await eventually(complete)


async def test_the_board_shows_what_the_ledger_holds(gamification: Running, programme: Programme, valkey: Any) -> None:
    authors = [new_id() for _ in range(3)]
    for author in authors:
        await gamification.hear(*example_a(programme, author))
    await gamification.settled()
    await ready(valkey, programme)
    shown = await Projection(valkey).shown(default_board_id(programme.id), "all")
    assert shown == dict.fromkeys(authors, 25_120)
    assert await keeper_of(gamification).differences() == []


async def test_a_flush_heals_by_itself(gamification: Running, programme: Programme, valkey: Any) -> None:
    await gamification.hear(*example_a(programme, new_id()))
    await gamification.settled()
    await ready(valkey, programme)
    await valkey.flushall()

    async def healed() -> bool:
        return await keeper_of(gamification).differences() == []

    assert not await healed()
    await eventually(healed)


async def test_a_score_that_was_tampered_with_is_found(
    gamification: Running, programme: Programme, valkey: Any
) -> None:
    author = new_id()
    await gamification.hear(*example_a(programme, author))
    await gamification.settled()
    await ready(valkey, programme)
    scores = period_keys(default_board_id(programme.id), "all")[0]
    member, score = (await valkey.zrange(scores, 0, 0, withscores=True))[0]
    await valkey.zadd(scores, {member: score + 1})
    assert [line for line in await keeper_of(gamification).differences() if str(author) in line]
    await valkey.zadd(scores, {member: score})


async def test_among_equal_scores_the_first_to_reach_it_stands_first(
    gamification: Running, programme: Programme, valkey: Any
) -> None:
    authors = [new_id() for _ in range(5)]
    random.Random(1).shuffle(authors)
    for author in authors:
        await gamification.hear(programme.share(author))
        await gamification.settled()
    await ready(valkey, programme)
    rows = await valkey.zrevrange(period_keys(default_board_id(programme.id), "all")[0], 0, -1)
    assert [UUID(bytes=row[8:]) for row in rows] == authors


async def test_an_older_write_never_replaces_a_later_one(valkey: Any) -> None:
    projection, board, who = Projection(valkey), new_id(), new_id()

    def score(points: int, sequence: int) -> Score:
        return Score(board_id=board, period="all", row_id=who, milli_points=points, sequence=sequence)

    for points, sequence in [(10, 2**40), (5, 2**40 - 1), (20, 2**40 + 256), (7, 3), (20, 2**40 + 256)]:
        await projection.apply([score(points, sequence)], at=WEDNESDAY)
    assert await projection.shown(board, "all") == {who: 20}
    keys = period_keys(board, "all")
    assert await valkey.zcard(keys[0]) == 1
    assert await valkey.zscore(keys[0], member_bytes(who, 2**40 + 256)) == 20
    assert await valkey.hget(keys[2], "sequence") == str(2**40 + 256).encode()
    assert await valkey.hget(keys[2], "version") == b"2"


async def test_writes_in_any_order_end_in_one_board(valkey: Any) -> None:
    projection, people, chance = Projection(valkey), [new_id() for _ in range(7)], random.Random(3)
    history = [(chance.choice(people), chance.randrange(50), sequence) for sequence in range(1, 300)]
    last = {who: points for who, points, _ in history}
    for seed in range(3):
        board, shuffled = new_id(), history.copy()
        random.Random(seed).shuffle(shuffled)
        scores = [
            Score(board_id=board, period="all", row_id=who, milli_points=points, sequence=sequence)
            for who, points, sequence in shuffled
        ]
        for start in range(0, len(scores), 40):
            await projection.apply(scores[start : start + 40], at=WEDNESDAY)
        assert await projection.shown(board, "all") == last


async def test_a_filling_that_a_flush_overtook_is_not_taken_for_complete(valkey: Any) -> None:
    projection, board = Projection(valkey), new_id()
    mark = await projection.begin(board, {"title": "Voices"})
    await valkey.flushall()
    assert await projection.finish(board, ["all"], mark) is False
    assert await projection.missing([board]) == [board]


async def test_a_period_is_ready_only_on_a_complete_board(valkey: Any) -> None:
    projection, board, who = Projection(valkey), new_id(), new_id()
    score = Score(board_id=board, period="2026-W45", row_id=who, milli_points=1, sequence=1)
    await projection.apply([score], at=WEDNESDAY)
    version = period_keys(board, "2026-W45")[2]
    assert await valkey.hget(version, "ready") is None
    mark = await projection.begin(board, {"title": "Voices"})
    assert await projection.finish(board, ["2026-W45"], mark)
    assert await valkey.hget(version, "ready") == b"1"


async def test_boards_of_a_programme_are_listed(gamification: Running, programme: Programme) -> None:
    await gamification.settled()
    page = await gamification.caller("ambassador", programmes=[programme.id]).get(f"/programmes/{programme.id}/boards")
    assert [board["id"] for board in page.json()["items"]] == [str(default_board_id(programme.id))]
    foreign = await gamification.caller("ambassador", programmes=[]).get(f"/programmes/{programme.id}/boards")
    assert foreign.status_code == 403


async def test_two_settlements_of_one_person_follow_each_other(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share)
    for n in range(60):
        await gamification.hear(programme.recorded(act(share, "reaction", f"p{n}")))
    await gamification.settled()
    entries = await gamification.rows(
        "SELECT before, after FROM entry WHERE ambassador_id = :who ORDER BY sequence", who=author
    )
    assert all(one["after"] == two["before"] for one, two in pairwise(entries))
