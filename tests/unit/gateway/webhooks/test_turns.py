from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.webhooks.deliveries.domain.turns import Candidate, Capacity, chosen

ENDPOINTS = st.integers(min_value=0, max_value=5).map(lambda number: UUID(int=number))


@given(
    st.lists(ENDPOINTS, max_size=40),
    st.dictionaries(ENDPOINTS, st.integers(min_value=0, max_value=4)),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=0, max_value=10),
)
def test_no_endpoint_has_more_than_its_share_and_no_place_stays_empty(
    endpoints: list[UUID], busy: dict[UUID, int], each: int, places: int
) -> None:
    candidates = [Candidate(UUID(int=100 + place), endpoint) for place, endpoint in enumerate(endpoints)]
    found = chosen(candidates, busy=busy, each=each, places=places)
    of = {candidate.delivery_id: candidate.webhook_id for candidate in candidates}
    taken = Counter(of[delivery_id] for delivery_id in found)
    assert len(found) == len(set(found)) <= places
    assert all(busy.get(endpoint, 0) + count <= max(each, busy.get(endpoint, 0)) for endpoint, count in taken.items())
    if len(found) < places:
        left = [one for one in candidates if one.delivery_id not in found]
        assert all(busy.get(one.webhook_id, 0) + taken[one.webhook_id] >= each for one in left)


def test_endpoints_that_fail_never_have_all_places() -> None:
    assert Capacity(total=32, each=4).failing == 16
    assert Capacity(total=2, each=1).failing == 1
