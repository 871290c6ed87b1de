"""So many streams for a person, so many in all."""

from contextlib import ExitStack

import pytest

from gateway.errors import LiveFull, TooManyStreams
from gateway.live.places import Places


def test_a_person_has_so_many_places_and_others_have_theirs() -> None:
    places = Places(each=2, most=10)
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(places.one("ada"))
        with pytest.raises(TooManyStreams) as refused, places.one("ada"):
            pass
        assert refused.value.retry_after
        held.enter_context(places.one("grace"))
        assert places.taken == 3
    assert places.taken == 0


def test_a_place_is_free_again_when_it_was_left_also_by_a_failure() -> None:
    places = Places(each=1, most=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.one("ada"):
            raise ZeroDivisionError
    assert places._of == {}  # nobody is remembered


def test_the_process_has_so_many_places() -> None:
    places = Places(each=5, most=1)
    with places.one("ada"), pytest.raises(LiveFull) as refused, places.one("grace"):
        pass
    assert refused.value.retry_after
