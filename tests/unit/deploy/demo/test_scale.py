from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.demo.posts import BrandPost, PagePost, brand_posts, page_posts
from deploy.local.demo.scale import (
    MOST,
    MOST_CLICKS,
    answering,
    of_brand_post,
    of_page_post,
    page_means,
    reaction_rate,
)

COUNT = st.integers(0, 100_000)


def brand_post(reach: int = 10_000, reactions: int = 200, comments: int = 50, reshares: int = 20) -> BrandPost:
    return BrandPost(reach=reach, reactions=reactions, comments=comments, reshares=reshares, clickers=300)


def test_sixteen_times_the_audience_answers_about_five_times_as_much() -> None:
    assert answering(500) == 700
    assert answering(8000) / answering(500) == pytest.approx(5.28, abs=0.01)


def test_a_row_keeps_its_proportions_on_average() -> None:
    drawn = [of_brand_post(brand_post(), 500, Random(seed)) for seed in range(4000)]
    assert fmean(one.reactions for one in drawn) == pytest.approx(14.0, abs=0.05)
    assert fmean(one.comments for one in drawn) == pytest.approx(3.5, abs=0.05)
    assert fmean(one.reshares for one in drawn) == pytest.approx(1.4, abs=0.05)


@given(reach=st.integers(1, 10_000_000), counts=st.tuples(COUNT, COUNT, COUNT), audience=st.integers(1, 100_000))
def test_no_count_is_above_what_a_person_draws(reach: int, counts: tuple[int, int, int], audience: int) -> None:
    drawn = of_brand_post(brand_post(reach, *counts), audience, Random(1))
    assert min(drawn.reactions, drawn.comments, drawn.reshares) >= 0
    assert max(drawn.reactions, drawn.comments, drawn.reshares) <= MOST
    assert drawn.clicks is not None
    assert 0 <= drawn.clicks <= MOST_CLICKS


def test_what_nobody_did_stays_nothing() -> None:
    drawn = of_brand_post(brand_post(reactions=0, comments=0), 500, Random(1))
    assert (drawn.reactions, drawn.comments) == (0, 0)


def test_the_mean_post_of_any_page_draws_what_a_typical_post_of_the_brand_draws() -> None:
    means, rate = {"small": 10.0, "large": 1000.0}, reaction_rate([brand_post()])
    for page, mean in means.items():
        post = PagePost(page=page, reactions=int(mean), comments=0, reshares=0)
        drawn = of_page_post(post, 500, Random(1), means=means, rate=rate)
        assert drawn.reactions == of_brand_post(brand_post(), 500, Random(1)).reactions
        assert drawn.clicks is None


def test_all_rows_of_both_tables_become_personal() -> None:
    means, rate = page_means(page_posts()), reaction_rate(brand_posts())
    pages = [of_page_post(post, 400, Random(1), means=means, rate=rate).reactions for post in page_posts()]
    brands = [of_brand_post(post, 400, Random(1)).reactions for post in brand_posts()]
    for reactions in (pages, brands):
        assert max(reactions) <= MOST
        assert 1 <= sum(reactions) / len(reactions) <= 20
