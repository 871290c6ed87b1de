from uuid import UUID

import pytest

from services.gamification.integrity.domain import Finding, Kind, State, check_step, reason
from services.gamification.integrity.errors import HoldDecided

FIGURES = {
    Kind.POD: {"members": 5, "density": 92, "inside": 71},
    Kind.CROWD: {"posts": 3, "people": 12, "alike": 85},
    Kind.BURST: {"people": 34, "within_seconds": 60},
}


def test_a_reason_names_every_figure_in_both_languages() -> None:
    for kind, figures in FIGURES.items():
        for language in ("en", "fr"):
            told = reason(kind, figures, language)
            assert all(str(figure) in told for figure in figures.values())


def test_a_release_is_final_and_only_what_is_held_can_be_confirmed() -> None:
    for to in State:
        with pytest.raises(HoldDecided):
            check_step(State.RELEASED, to)
    with pytest.raises(HoldDecided):
        check_step(State.FLAGGED, State.CONFIRMED)


def test_a_confirmation_can_be_mended() -> None:
    check_step(State.CONFIRMED, State.RELEASED)


def test_the_same_finding_has_the_same_id_and_a_pod_one_for_each_day() -> None:
    programme, author, share = UUID(int=1), UUID(int=2), UUID(int=3)
    burst = Finding(kind=Kind.BURST, ambassador_ids=(author,), share_ids=(share,), figures={})
    pod = Finding(kind=Kind.POD, ambassador_ids=(author,), share_ids=(), figures={})
    assert burst.id_in(programme, day="2026-11-04") == burst.id_in(programme, day="2026-11-05")
    assert pod.id_in(programme, day="2026-11-04") != pod.id_in(programme, day="2026-11-05")
    assert burst.id_in(programme, day="") != burst.id_in(author, day="")
