"""Owns reading the two public tables of real posts with their real counts (see data/NOTICE)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
BRAND_POSTS = DATA / "facebook-post-metrics" / "dataset_Facebook.csv"
PAGE_POSTS = DATA / "facebook-live-posts" / "Live.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPost:
    """One of 500 posts of a brand's page in 2014 (UCI 368): people reached, and what they did."""

    reach: int
    reactions: int
    comments: int
    reshares: int
    clickers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePost:
    """One of 7,050 posts of retail pages from 2012 to 2018 (UCI 488); neither reach nor clicks are known."""

    page: str
    reactions: int
    comments: int
    reshares: int


def brand_posts(path: Path = BRAND_POSTS) -> Iterator[BrandPost]:
    """Return the posts of the brand's page in the order of the file; an empty cell is 0 there."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            yield BrandPost(
                reach=int(row["T_Reach"]),
                reactions=int(row["like"] or 0),
                comments=int(row["comment"] or 0),
                reshares=int(row["share"] or 0),
                clickers=int(row["Consumers"] or 0),
            )


def page_posts(path: Path = PAGE_POSTS) -> Iterator[PagePost]:
    """Return the posts of the retail pages in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield PagePost(
                page=row["status_id"].partition("_")[0],
                reactions=int(row["num_reactions"]),
                comments=int(row["num_comments"]),
                reshares=int(row["num_shares"]),
            )
