"""States of a page: named after their content, kept for a while, one step from any of them to the newest."""

import json
import random
from typing import Any

import pytest

from gateway.live.frames import HEARTBEAT, frame, retry
from gateway.live.history import KEPT, History, Step
from tests.support.live import applied


def body(*points: float, sequence: int = 1) -> bytes:
    items = [
        {"rank": rank, "ambassador_id": f"who-{points_}", "team_id": None, "name": None, "points": points_}
        for rank, points_ in enumerate(points, start=1)
    ]
    return json.dumps({"sequence": sequence, "items": items, "next": None}).encode()


def data_of(step: Step | None) -> Any:
    assert step is not None
    (line,) = [line for line in step.frame.split(b"\n") if line.startswith(b"data: ")]
    return json.loads(line.removeprefix(b"data: "))


def history(*bodies: bytes) -> History:
    made = History()
    for one in bodies:
        made.add(one)
    return made


def test_who_knows_nothing_gets_the_whole_page() -> None:
    newest = body(2.0, 1.0)
    step = history(body(1.0), newest).step(None)
    assert step is not None
    assert step.frame == frame("snapshot", step.position, newest)


def test_who_has_the_newest_state_gets_nothing() -> None:
    made = history(body(1.0))
    assert made.newest is not None
    assert made.step(made.newest) is None
    assert History().step(None) is None


def test_any_kept_state_and_its_step_make_the_newest_page() -> None:
    chance = random.Random(4)
    made, held = History(), dict[str, Any]()
    for sequence in range(40):
        new = body(*chance.sample([1.0, 2.0, 3.0, 4.0, 5.0], k=chance.randrange(5)), sequence=sequence)
        assert made.add(new)
        held[made.newest or ""] = json.loads(new)
        for position in list(held)[-KEPT:-1]:
            step = made.step(position)
            assert step is not None
            assert step.kind == "change"
            assert applied(held[position], data_of(step)) == json.loads(new)


def test_a_state_that_is_kept_no_longer_leads_to_a_whole_page() -> None:
    made = history(body(0.0))
    first = made.newest
    for sequence in range(KEPT - 1):
        made.add(body(float(sequence + 1)))
    step = made.step(first)
    assert step is not None
    assert step.kind == "change"
    made.add(body(99.0))
    step = made.step(first)
    assert step is not None
    assert step.kind == "snapshot"


@pytest.mark.parametrize("foreign", ["", "nonsense", "\x00", "a" * 5000])
def test_a_name_that_is_not_ours_leads_to_a_whole_page(foreign: str) -> None:
    step = history(body(1.0)).step(foreign)
    assert step is not None
    assert step.kind == "snapshot"


def test_the_same_page_is_no_news() -> None:
    made = history(body(1.0), body(2.0))
    assert not made.add(body(2.0))
    assert made.add(body(1.0))  # back as it was: another state than the newest


def test_bytes_are_made_once_for_all_who_take_the_same_step() -> None:
    made = history(body(1.0))
    before = made.newest
    made.add(body(2.0))
    first, second = made.step(before), made.step(before)
    assert first is not None
    assert first is second
    assert made.step(None) is made.step("unknown")


def test_a_state_has_the_same_name_in_every_process() -> None:
    assert history(body(1.0)).newest == history(body(5.0), body(1.0)).newest


def test_after_forgetting_everybody_gets_a_whole_page() -> None:
    made = history(body(1.0), body(2.0))
    before = made.newest
    made.forget()
    assert made.step(before) is None
    assert not made.shows("who-2.0")
    made.add(body(3.0))
    step = made.step(before)
    assert step is not None
    assert step.kind == "snapshot"


def test_it_knows_who_is_shown() -> None:
    made = history(body(1.0), body(2.0))
    assert made.shows("who-2.0")
    assert not made.shows("who-1.0")


def test_frames_are_events_of_the_standard() -> None:
    assert frame("change", "p", b"{}") == b"id: p\nevent: change\ndata: {}\n\n"
    assert retry(1500) == b"retry: 1500\n\n"
    assert HEARTBEAT == b":\n\n"
