"""A page and its changes make the next page, exactly."""

from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from gateway.live.change import Page, change
from tests.support.live import applied

PEOPLE = [str(UUID(int=number)) for number in range(8)]


def row(who: int, *, rank: int = 1, points: float = 1.0, name: str | None = None) -> dict[str, Any]:
    return {"rank": rank, "ambassador_id": PEOPLE[who], "team_id": None, "name": name, "team": None, "points": points}


def page(*items: dict[str, Any], sequence: int = 1) -> Page:
    return {"board_id": "b", "as_of": None, "sequence": sequence, "total": 9, "items": list(items), "next": None}


@some.composite
def rows(draw: some.DrawFn) -> list[dict[str, Any]]:
    """Rows of people, each once; of pseudonyms, which may be twice; and of teams."""
    people = draw(some.lists(some.sampled_from(PEOPLE), unique=True))
    teams = draw(some.lists(some.sampled_from(PEOPLE), unique=True, max_size=3))
    invented = draw(some.lists(some.sampled_from(["Fox 001", "Owl 002"]), max_size=4))
    ids: list[tuple[str | None, str | None, str | None]] = [(who, None, None) for who in people]
    ids += [*((None, who, who) for who in teams), *((None, None, name) for name in invented)]
    return [
        {
            "rank": draw(some.integers(1, 9)),
            "ambassador_id": ambassador,
            "team_id": team,
            "name": name or draw(some.sampled_from([None, "Ada", "Grace\n: ☂"])),
            "team": draw(some.sampled_from([None, "Workshop"])),
            "points": draw(some.sampled_from([0.0, 0.5, 12.345])),
        }
        for ambassador, team, name in draw(some.permutations(ids))
    ]


pages = some.builds(
    lambda items, sequence, total, after: {**page(*items, sequence=sequence), "total": total, "next": after},
    rows(),
    some.integers(0, 3),
    some.integers(0, 3),
    some.sampled_from([None, "cursor"]),
)


@given(pages, pages)
def test_a_page_with_its_change_is_the_next_page(before: Page, after: Page) -> None:
    assert applied(before, dict(change(before, after))) == after


@given(pages)
def test_nothing_changes_from_a_page_to_itself(same: Page) -> None:
    assert change(same, same) == {"head": {}, "size": len(same["items"]), "rows": [], "left": []}


def test_one_who_gains_points_is_told_with_what_is_new() -> None:
    before = page(row(1, rank=1, points=5.0), row(2, rank=2, points=4.0))
    after = page(row(1, rank=1, points=6.0), row(2, rank=2, points=4.0), sequence=2)
    assert change(before, after) == {
        "head": {"sequence": 2},
        "size": 2,
        "rows": [{"at": 0, "was": 0, "points": 6.0}],
        "left": [],
    }


def test_one_who_overtakes_moves_the_others_without_repeating_them() -> None:
    before = page(row(1, rank=1, points=5.0), row(2, rank=2, points=4.0), row(3, rank=3))
    after = page(row(2, rank=1, points=9.0), row(1, rank=2, points=5.0), row(3, rank=3))
    assert change(before, after)["rows"] == [
        {"at": 0, "was": 1, "rank": 1, "points": 9.0},
        {"at": 1, "was": 0, "rank": 2},
    ]


def test_who_comes_is_whole_and_who_leaves_is_named_by_place() -> None:
    before = page(row(1, rank=1), row(2, rank=2))
    after = page(row(1, rank=1), row(3, rank=2, name="Ada"))
    told = change(before, after)
    assert told["rows"] == [{"at": 1, "was": None, **row(3, rank=2, name="Ada")}]
    assert told["left"] == [1]


def test_a_page_that_shrinks_drops_its_last_rows() -> None:
    before = page(row(1), row(2), row(3))
    told = change(before, page(row(1)))
    assert told == {"head": {}, "size": 1, "rows": [], "left": [1, 2]}
