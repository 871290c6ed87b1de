"""Addresses of one post are equal, whichever way somebody copied them."""

import pytest

from services.engagement.shares.domain import address_of, post_of

POSTS = {
    ("linkedin", "activity:7264410112233445566"): [
        "https://www.linkedin.com/feed/update/urn:li:activity:7264410112233445566",
        "https://www.linkedin.com/feed/update/urn:li:activity:7264410112233445566/?utm_source=share#top",
        "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7264410112233445566",
        "https://LinkedIn.com/posts/alice-martin_open-doors-activity-7264410112233445566-a_Bc?trk=x",
        "urn:li:activity:7264410112233445566",
    ],
    ("linkedin", "share:42"): ["https://www.linkedin.com/posts/alice_x-share-42-abcd", "urn:li:share:42"],
    ("linkedin", "ugcPost:42"): ["https://www.linkedin.com/feed/update/urn:li:ugcPost:42", " urn:li:ugcPost:42 "],
    ("x", "1900000000000000001"): [
        "https://x.com/alice/status/1900000000000000001",
        "https://twitter.com/alice/status/1900000000000000001?s=20&t=abc",
        "https://mobile.twitter.com/Alice/status/1900000000000000001/photo/1",
        "http://www.x.com/i/web/status/1900000000000000001",
        "https://x.com/alice/statuses/1900000000000000001/",
    ],
    ("facebook", "1234"): [
        "https://www.facebook.com/corp/posts/1234",
        "https://www.facebook.com/corp/posts/we-are-hiring/1234/",
        "https://m.facebook.com/story.php?id=99&story_fbid=1234",
        "https://www.facebook.com/permalink.php?story_fbid=1234&id=99",
        "https://www.facebook.com/99_1234",
        "https://facebook.com/groups/77/permalink/1234/",
        "https://www.facebook.com/reel/1234",
        "https://www.facebook.com/photo.php?fbid=1234&set=a.1",
    ],
    ("facebook", "pfbid02abcXYZ"): ["https://www.facebook.com/corp/posts/pfbid02abcXYZ?__cft__=1"],
}


@pytest.mark.parametrize(("post", "urls"), POSTS.items(), ids=str)
def test_the_post_at_an_address_is_found_and_its_address_is_one(post: tuple[str, str], urls: list[str]) -> None:
    assert {post_of(url) for url in urls} == {post}
    (address,) = {address_of(url) for url in urls}
    assert address_of(address) == address


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/alice",
        "https://x.com.evil.example/alice/status/1",
        "https://evil.example/https://x.com/alice/status/1",
        "https://www.linkedin.com/in/activity-7264410112233445566",
        "https://www.facebook.com/corp",
        "https://blog.example.org/posts/1234",
        "urn:li:person:7264410112233445566",
        "",
        "x",
    ],
)
def test_no_post_is_seen_elsewhere(url: str) -> None:
    assert post_of(url) is None


def test_every_post_has_an_address_of_its_own() -> None:
    assert len({address_of(urls[0]) for urls in POSTS.values()}) == len(POSTS)
