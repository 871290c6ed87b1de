from pathlib import Path

from deploy.local.demo.posts import DATA, BrandPost, PagePost, brand_posts, page_posts


def test_the_brand_table_has_its_500_posts_in_the_order_of_the_file() -> None:
    posts = list(brand_posts())
    assert len(posts) == 500
    assert posts[0] == BrandPost(reach=2752, reactions=79, comments=4, reshares=17, clickers=109)
    assert sum(post.reactions for post in posts) == 88_795


def test_the_page_table_has_its_7050_posts_of_nine_page_ids() -> None:
    posts = list(page_posts())
    assert len(posts) == 7050
    assert posts[0] == PagePost(page="246675545449582", reactions=529, comments=512, reshares=262)
    assert len({post.page for post in posts}) == 9


def test_an_empty_cell_of_the_brand_table_is_zero(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("T_Reach;like;comment;share;Consumers\n100;;3;;7\n")
    assert list(brand_posts(table)) == [BrandPost(reach=100, reactions=0, comments=3, reshares=0, clickers=7)]


def test_each_table_stands_beside_its_source_and_licence() -> None:
    for table in ("facebook-post-metrics", "facebook-live-posts"):
        assert "CC BY 4.0" in (DATA / table / "SOURCE.md").read_text()
        assert table in (DATA / "NOTICE").read_text()
