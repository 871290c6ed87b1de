from collections import Counter

import pytest

from bench.season import PROGRAMME, Season, told
from libs.events.engagement import InteractionsRecorded, RecordedInteraction
from libs.events.envelope import partition_of

ARRIVALS = Season(50).arrivals(2000)


def test_a_season_is_the_same_every_time() -> None:
    assert Season(50).arrivals(2000) == ARRIVALS
    assert Season(50, seed=2).arrivals(2000) != ARRIVALS


def test_what_arrives_is_what_engagement_could_tell() -> None:
    assert all(RecordedInteraction.model_validate(one.model_dump()) == one for one in ARRIVALS)


def test_a_few_interactions_are_told_twice_and_all_kinds_occur() -> None:
    repeated = sum(number - 1 for number in Counter(one.interaction_id for one in ARRIVALS).values())
    assert 0 < repeated < len(ARRIVALS) // 20
    assert len({one.kind for one in ARRIVALS}) == 7
    assert any(one.colleague_id for one in ARRIVALS)


@pytest.mark.parametrize("together", [1, 64, 5000])
def test_events_hold_all_interactions_each_in_the_partition_of_its_author(together: int) -> None:
    events = list(told(ARRIVALS, together=together))
    assert Counter(one for event in events for one in event.interactions) == Counter(ARRIVALS)
    assert all(event.programme_id == PROGRAMME and one_partition(event) for event in events)


def one_partition(event: InteractionsRecorded) -> bool:
    return len({partition_of(str(one.ambassador_id)) for one in event.interactions}) == 1
