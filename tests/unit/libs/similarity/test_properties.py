"""What holds for every text: bounds, order, and what adding words or suggestions can change."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.similarity import alike, fingerprint, parrot_weight, reuse, tokens

SIGNS = "ab cd #@./é\u200b\u0301½œ\ud800😀\n"
any_text = st.text(st.characters()) | st.text(st.sampled_from(SIGNS))
# Few words and many hashtags, so that runs, chance hits and hashtag choices all happen often.
posts = st.lists(st.sampled_from(["un", "deux", "trois", "#un", "#deux", "#autre", "😀", "@a"]), max_size=14).map(
    " ".join
)
without_hashtags = posts.map(lambda post: post.replace("#", ""))
own_words = st.lists(st.sampled_from(["mien", "tien", "sien"]), min_size=1, max_size=5).map(" ".join)


@given(any_text, any_text)
def test_any_two_texts_can_be_compared(post: str, other: str) -> None:
    found = reuse(post, [fingerprint(other)])
    assert 0 <= found.copied == sum(found.mask) <= found.words == len(found.mask)
    assert 0.0 <= found.reuse <= 1.0


@given(any_text, any_text)
def test_passages_cover_exactly_the_copied_words_in_order(post: str, other: str) -> None:
    found = reuse(post, [fingerprint(other)])
    edges = [edge for passage in found.passages for edge in passage]
    assert edges == sorted(edges)
    inside = [
        token
        for token in tokens(post)
        if any(passage.start <= token.start and token.end <= passage.end for passage in found.passages)
    ]
    assert len([token for token in inside if not token.hashtag]) <= found.copied <= len(inside)


@given(any_text | posts)
def test_a_text_is_a_full_copy_of_itself(text: str) -> None:
    found = reuse(text, [fingerprint(text)])
    assert found.copied == found.words == len(tokens(text))


# Whether a hashtag counts depends on its neighbours ("un deux #un deux"), so a word put between them may make one count
# that did not; without hashtags nothing of the kind can happen.
@given(without_hashtags, posts, own_words)
def test_own_words_anywhere_never_raise_reuse(post: str, suggestion: str, own: str) -> None:
    held = [fingerprint(suggestion)]
    before = reuse(post, held).reuse
    parts = post.split()
    for place in range(len(parts) + 1):
        longer = " ".join([*parts[:place], own, *parts[place:]])
        assert reuse(longer, held).reuse <= before


@given(posts, posts, own_words)
def test_each_own_word_in_front_adds_at_least_one_own_word(post: str, suggestion: str, own: str) -> None:
    held = [fingerprint(suggestion)]
    assert reuse(f"{own} {post}", held).own_words >= reuse(post, held).own_words + len(own.split())


@given(posts, posts, st.sampled_from(["#un", "#deux", "#autre", "#FierDeNous"]))
def test_a_hashtag_is_never_an_own_word(post: str, suggestion: str, hashtag: str) -> None:
    held = [fingerprint(suggestion)]
    plain = [token for token in tokens(f"{post} {hashtag}") if not token.hashtag]
    assert reuse(f"{post} {hashtag}", held).own_words <= len(plain)


@given(posts, st.lists(posts, max_size=4), posts)
def test_a_further_suggestion_never_lowers_reuse(post: str, suggestions: list[str], further: str) -> None:
    held = [fingerprint(text) for text in suggestions]
    assert reuse(post, [*held, fingerprint(further)]).reuse >= reuse(post, held).reuse


@given(posts, st.lists(posts, max_size=5), st.randoms())
def test_parrot_weight_does_not_depend_on_the_order_of_posts(post: str, texts: list[str], random: Any) -> None:
    others = [fingerprint(text) for text in texts]
    shuffled = random.sample(others, len(others))
    assert parrot_weight(post, others) == parrot_weight(post, shuffled)
    assert 0.0 <= parrot_weight(post, others) <= len(others)


@given(posts, st.lists(posts, max_size=5))
def test_alike_compares_with_each_post_as_if_alone(post: str, texts: list[str]) -> None:
    others = [fingerprint(text) for text in texts]
    assert alike(post, others) == [reuse(post, [other]).reuse for other in others]


def lines_run(work: Callable[[], object]) -> int:
    """Count the lines of libs.similarity that run: a measure of work that no busy machine disturbs."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if "similarity" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", ["un deux trois ", "équipe #un #neuf ", "a\u200bb ½ ", "a ", "a.b-c@d "])
def test_ten_times_the_text_is_ten_times_the_work(piece: str) -> None:
    suggestion = fingerprint("un deux trois quatre")
    short = lines_run(lambda: reuse(piece * 100, [suggestion]))
    long = lines_run(lambda: reuse(piece * 1000, [suggestion]))
    assert 5 < long / short < 11


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a-", "-", ".", "@a.", "#a", "a@", "www.", "http://", "a.fr:8/", "_", "é.", "\u0301"]
)
def test_no_repetition_makes_the_pattern_backtrack(piece: str) -> None:
    """Three hundred thousand signs: linear work takes a moment, quadratic work longer than a test may."""
    text = piece * (300_000 // len(piece))
    assert reuse(text, [fingerprint(text)]).own_words == 0
