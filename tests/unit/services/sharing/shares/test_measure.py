from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sharing.shares.domain.measure import Comparison, Suggestion, measure, originality, parrot_index

WORDS = "one two three four five six seven eight nine ten"
texts = st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join)


def against(
    *captions: str,
    elsewhere: tuple[str, ...] = (),
    own_here: tuple[str, ...] = (),
    own: tuple[str, ...] = (),
    by: tuple[str, ...] = (),
) -> Comparison:
    suggestions = [Suggestion(caption_id=UUID(int=n), text=caption) for n, caption in enumerate(captions, 1)]
    others = [Suggestion(caption_id=UUID(int=n), text=caption) for n, caption in enumerate(elsewhere, 101)]
    return Comparison(suggestions=suggestions, elsewhere=others, own_here=own_here, own=own, colleagues=by)


def test_a_caption_is_copied_under_whichever_item_it_is_shared() -> None:
    found = measure(WORDS, against("quite other words", elsewhere=(WORDS,)))
    assert (found.copied, found.caption_id) == (10, UUID(int=101))


def test_to_mix_two_captions_of_an_item_is_to_copy() -> None:
    assert measure(WORDS, against("one two three four five", "six seven eight nine ten")).copied == 10


def test_with_nothing_to_compare_with_all_is_own() -> None:
    found = measure(WORDS, against())
    assert (found.words, found.copied, found.passages, found.caption_id) == (10, 0, (), None)
    assert (found.parrot, found.colleagues, found.compared, found.self_repeats) == (0, 0, 0, 0)


def test_the_closest_caption_is_named_and_the_first_of_equals() -> None:
    assert measure(WORDS, against("one two three", "one two three four", "one two three four")).caption_id == UUID(
        int=2
    )
    assert measure(WORDS, against("quite other words", "nothing in common")).caption_id is None


def test_own_posts_of_the_item_count_as_suggestions_and_are_no_caption() -> None:
    found = measure(WORDS, against("one two three", own_here=(WORDS,)))
    assert (found.copied, found.caption_id, found.caption_reuse) == (10, UUID(int=1), 0.3)


def test_own_posts_elsewhere_only_count_as_repeats() -> None:
    found = measure(WORDS, against(own=(WORDS, "one two three four five", "one two three four", "x y z")))
    assert (found.copied, found.self_repeats) == (0, 2)


@pytest.mark.parametrize(
    ("same", "k", "near_duplicates"),
    [(4, 0, 0), (5, 0, 1), (6, 2500, 1), (7, 5000, 1), (8, 7500, 1), (9, 10_000, 1), (10, 10_000, 1)],
)
def test_k_grows_from_half_to_nine_tenths_of_a_colleagues_post(same: int, k: int, near_duplicates: int) -> None:
    found = measure(WORDS, against(by=(" ".join(WORDS.split()[:same]), "x y z")))
    assert (found.parrot, found.colleagues, found.compared) == (k, near_duplicates, 2)


@given(post=texts, captions=st.lists(texts, max_size=3), posts=st.lists(texts, max_size=5), order=st.randoms())
def test_the_order_of_posts_does_not_matter(post: str, captions: list[str], posts: list[str], order: object) -> None:
    shuffled = posts.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis hands in a random.Random
    first = measure(post, against(*captions, own_here=tuple(posts), own=tuple(posts), by=tuple(posts)))
    assert first == measure(post, against(*captions, own_here=tuple(shuffled), own=tuple(shuffled), by=tuple(shuffled)))


@given(post=texts, captions=st.lists(texts, max_size=3), posts=st.lists(texts, max_size=5), one_more=texts)
def test_one_more_post_never_lowers_k_or_repeats(
    post: str, captions: list[str], posts: list[str], one_more: str
) -> None:
    fewer = measure(post, against(*captions, own=tuple(posts), by=tuple(posts)))
    more = measure(post, against(*captions, own=(*posts, one_more), by=(*posts, one_more)))
    assert more.parrot >= fewer.parrot
    assert more.self_repeats >= fewer.self_repeats
    assert 0 <= parrot_index(more.parrot, more.compared) <= 1


def test_originality_is_the_share_of_own_words() -> None:
    assert originality(3, 1) == 0.6667
    assert originality(5, 0) == 1.0
    assert originality(0, 0) == 0.0


def test_the_parrot_index_is_k_over_the_posts_compared() -> None:
    assert parrot_index(15_000, 4) == 0.375
    assert parrot_index(0, 0) == 0.0
