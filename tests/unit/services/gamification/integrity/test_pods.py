from itertools import permutations
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.gamification.evidence.domain import Favour
from services.gamification.integrity.domain import alike, find_pods
from services.gamification.integrity.domain.pods import DENSE, INSIDE, LEAST_MEMBERS


def who(number: int) -> UUID:
    return UUID(int=number)


def ring(members: range, *, outsiders: int = 0, actions: int = 5) -> list[Favour]:
    """Everybody touches everybody; outsiders give each member so much value besides."""
    inside = [Favour(who(one), who(other), actions, 10) for one, other in permutations(members, 2)]
    return inside + [Favour(who(one), None, outsiders, outsiders) for one in members if outsiders]


def test_a_ring_of_five_is_found_with_its_figures() -> None:
    (pod,) = find_pods(ring(range(1, 6)))
    assert pod.members == {who(number) for number in range(1, 6)}
    assert (pod.density, pod.inside) == (1.0, 1.0)


def test_three_friends_are_no_pod() -> None:
    assert find_pods(ring(range(1, 4))) == []


def test_who_receives_as_much_from_outsiders_is_in_no_pod() -> None:
    assert find_pods(ring(range(1, 6), outsiders=40)) == []
    assert len(find_pods(ring(range(1, 6), outsiders=39))) == 1


def test_favours_that_nobody_returns_are_no_pod() -> None:
    one_way = [Favour(who(one), who(other), 5, 10) for one in range(1, 6) for other in range(1, 6) if one < other]
    assert find_pods(one_way) == []


def test_a_colleague_who_also_reacts_to_the_ring_is_left_out() -> None:
    fan = [Favour(who(one), who(9), 1, 1) for one in range(1, 6)]
    back = [Favour(who(9), who(1), 1, 1), Favour(who(9), None, 50, 50)]
    (pod,) = find_pods([*ring(range(1, 6)), *fan, *back])
    assert who(9) not in pod.members


def test_two_rings_with_a_bridge_are_two_pods() -> None:
    bridge = [Favour(who(1), who(11), 1, 1), Favour(who(11), who(1), 1, 1)]
    pods = find_pods([*ring(range(1, 6)), *ring(range(11, 18)), *bridge])
    assert sorted(len(pod.members) for pod in pods) == [5, 7]


def test_a_whole_department_that_reacts_now_and_then_is_no_pod() -> None:
    chain = [Favour(who(n), who((n + step) % 20), 2, 4) for n in range(20) for step in (1, 19)]
    assert find_pods(chain) == []


favours = st.lists(
    st.builds(
        Favour,
        st.integers(1, 12).map(who),
        st.one_of(st.none(), st.integers(1, 12).map(who)),
        st.integers(1, 9),
        st.integers(1, 30),
    ).filter(lambda favour: favour.author != favour.colleague_id),
    max_size=120,
    unique_by=lambda favour: (favour.author, favour.colleague_id),
)


@given(favours, st.randoms())
def test_every_pod_keeps_its_definition_and_the_order_of_facts_does_not_matter(
    told: list[Favour], chance: Random
) -> None:
    pods = find_pods(told)
    shuffled = told.copy()
    chance.shuffle(shuffled)
    assert {pod.members for pod in find_pods(shuffled)} == {pod.members for pod in pods}
    for pod in pods:
        assert len(pod.members) >= LEAST_MEMBERS
        assert pod.density > DENSE
        for member in pod.members:
            got = {favour.colleague_id: favour.value for favour in told if favour.author == member}
            assert sum(value for by, value in got.items() if by in pod.members) > INSIDE * sum(got.values())


def test_a_pod_is_the_same_when_more_than_half_is() -> None:
    assert alike([who(1), who(2), who(3)], [who(1), who(2), who(3), who(4)])
    assert not alike([who(1), who(2)], [who(1), who(3)])
