"""How a subscription is split over durable consumers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from libs.bus.partitions import durable_name, durable_names, filter_subjects, is_of
from libs.events.content import ItemPublished, ProgrammeCreated
from libs.events.envelope import subject_of
from libs.events.topology import Subscription

HEARD = Subscription("listener", "content", (ProgrammeCreated, ItemPublished))
OTHER = Subscription("listener", "contentment", (ProgrammeCreated,))


@given(st.integers(2, 64))
def test_each_subject_belongs_to_exactly_one_consumer(partitions: int) -> None:
    found = Counter(subject for index in range(partitions) for subject in filter_subjects(HEARD, partitions, index))
    assert found == Counter(subject_of(event.type, token) for event in HEARD.events for token in range(64))


def test_one_alone_hears_all_under_the_subscriptions_own_name() -> None:
    assert filter_subjects(HEARD, 1, 0) == ["content.programme.created.v1.*", "content.item.published.v1.*"]
    assert durable_names(HEARD, 1) == ["listener--content"]


@given(st.integers(1, 64), st.integers(1, 64))
def test_two_plans_share_no_name(one: int, other: int) -> None:
    shared = set(durable_names(HEARD, one)) & set(durable_names(HEARD, other))
    assert (one == other) == bool(shared)


@given(st.integers(1, 64))
def test_a_name_says_whose_consumer_it_is(partitions: int) -> None:
    name = durable_name(HEARD, partitions, partitions - 1)
    assert is_of(HEARD, name)
    assert not is_of(OTHER, name)
