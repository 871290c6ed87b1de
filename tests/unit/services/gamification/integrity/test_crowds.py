from uuid import UUID

from services.gamification.evidence.domain import Crowd
from services.gamification.integrity.domain import Limits, repeated_crowds
from services.gamification.integrity.domain.limits import CrowdLimits

AUTHOR, OTHER = UUID(int=1), UUID(int=2)
LIMITS = Limits().crowd
BOUGHT = frozenset(f"bought {n}" for n in range(12))


def posts(*crowds: frozenset[str], author: UUID = AUTHOR) -> list[Crowd]:
    return [Crowd(UUID(int=author.int * 100 + n), author, people) for n, people in enumerate(crowds)]


def people(prefix: str, number: int) -> frozenset[str]:
    return frozenset(f"{prefix} {n}" for n in range(number))


def test_the_same_twelve_people_on_three_posts_in_a_row_are_found_with_their_figures() -> None:
    (finding,) = repeated_crowds(posts(BOUGHT, BOUGHT | people("a", 2), BOUGHT), frozenset(), LIMITS)
    assert finding.ambassador_ids == (AUTHOR,)
    assert len(finding.share_ids) == 3
    assert finding.figures == {"posts": 3, "people": 12, "alike": 85}


def test_two_posts_are_not_three() -> None:
    assert repeated_crowds(posts(BOUGHT, BOUGHT), frozenset(), LIMITS) == []


def test_a_post_of_others_between_breaks_the_row() -> None:
    assert repeated_crowds(posts(BOUGHT, BOUGHT, people("a", 12), BOUGHT, BOUGHT), frozenset(), LIMITS) == []


def test_nine_faithful_friends_are_no_crowd() -> None:
    assert repeated_crowds(posts(*[people("friend", 9)] * 5), frozenset(), LIMITS) == []


def test_a_community_that_overlaps_by_six_tenths_exactly_is_left_alone() -> None:
    core = people("core", 12)  # 12 of 20 people are on each pair of posts
    sets = [core | people(f"guest {n}", 4) for n in range(3)]
    assert len(sets[0] & sets[1]) / len(sets[0] | sets[1]) == 0.6
    assert repeated_crowds(posts(*sets), frozenset(), LIMITS) == []


def test_a_row_that_goes_on_names_only_the_new_share() -> None:
    row = posts(BOUGHT, BOUGHT, BOUGHT, BOUGHT)
    known = frozenset(crowd.share_id for crowd in row[:3])
    (finding,) = repeated_crowds(row, known, LIMITS)
    assert finding.share_ids == (row[3].share_id,)
    assert repeated_crowds(row, known | {row[3].share_id}, LIMITS) == []


def test_posts_of_two_authors_are_no_row() -> None:
    assert repeated_crowds([*posts(BOUGHT, BOUGHT), *posts(BOUGHT, author=OTHER)], frozenset(), LIMITS) == []


def test_a_programme_s_own_limits_decide() -> None:
    nine = posts(*[people("friend", 9)] * 2)
    assert repeated_crowds(nine, frozenset(), LIMITS) == []
    assert len(repeated_crowds(nine, frozenset(), CrowdLimits(people=9, in_a_row=2))) == 1
