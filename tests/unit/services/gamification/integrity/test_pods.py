from itertools import permutations
from random import Random
from time import process_time
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.gamification.evidence.domain import Favour
from services.gamification.integrity.domain import Graph, Limits, Pod, alike
from services.gamification.integrity.domain import pods as domain
from services.gamification.integrity.domain.limits import PodLimits

LIMITS = Limits().pod


def find_pods(favours: list[Favour], limits: PodLimits = LIMITS) -> list[Pod]:
    graph = Graph()
    for favour in favours:
        graph.add([favour])
    graph.join()
    return domain.find_pods(graph, limits)


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


def test_a_programme_s_own_limits_decide() -> None:
    three = ring(range(1, 4))
    assert len(find_pods(three, PodLimits(members=3))) == 1
    assert find_pods(ring(range(1, 6)), PodLimits(members=6)) == []


def test_a_pod_in_a_large_department_is_found_as_soon_as_a_small_one() -> None:
    """A circle of thousands, all of whose favours are mutual, with rings here and there: one pass for all of them."""
    size = 4000
    circle = [Favour(who(n), who((n + step) % size), 2, 4) for n in range(size) for step in (1, size - 1)]
    rings = [
        Favour(who(one), who(other), 5, 40)
        for start in range(0, size, 200)
        for one, other in permutations(range(start, start + 12, 2), 2)  # no two of them side by side
    ]
    started = process_time()
    pods = find_pods([*circle, *rings])
    assert process_time() - started < 2, "peeling must not begin again for each pod"
    found = {frozenset(member.int for member in pod.members) for pod in pods}
    assert found == {frozenset(range(start, start + 12, 2)) for start in range(0, size, 200)}


def test_a_pod_is_found_in_what_another_one_left() -> None:
    weak = [Favour(who(one), who(other), 4 if one < other else 5, 10) for one, other in permutations(range(11, 15), 2)]
    bridge = [Favour(who(1), who(11), 1, 1), Favour(who(11), who(1), 1, 1)]
    pods = find_pods([*ring(range(1, 9)), *weak, *bridge])
    assert sorted(len(pod.members) for pod in pods) == [4, 8]


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
        assert len(pod.members) >= LIMITS.members
        assert pod.density > LIMITS.density
        for member in pod.members:
            got = {favour.colleague_id: favour.value for favour in told if favour.author == member}
            assert sum(value for by, value in got.items() if by in pod.members) > LIMITS.inside * sum(got.values())


def test_a_pod_is_the_same_when_more_than_half_is() -> None:
    assert alike([who(1), who(2), who(3)], [who(1), who(2), who(3), who(4)])
    assert not alike([who(1), who(2)], [who(1), who(3)])
