from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from deploy.local.demo.library import campaigns, own_words
from deploy.local.demo.people import PEOPLE, ZEALOUS, Degree
from deploy.local.demo.plan import Calendar, PlannedShare, shares
from libs.similarity import alike, fingerprint, reuse

BOUNDS = {
    Degree.COPY: (1.0, 1.0),
    Degree.DISGUISED: (0.95, 1.0),
    Degree.FRONT: (0.7, 0.92),
    Degree.LIGHT: (0.5, 0.75),
    Degree.HEAVY: (0.2, 0.45),
    Degree.OWN: (0.0, 0.1),
}
CAPTIONS = {
    item.key: [fingerprint(caption.text) for caption in item.captions]
    for campaign in campaigns()
    for item in campaign.items
}


@pytest.fixture(scope="module", params=[7, 8])
def planned(request: pytest.FixtureRequest) -> list[PlannedShare]:
    return shares(Calendar.of(datetime(2026, 11, 22, 9, tzinfo=UTC)), seed=request.param)


def reuses(planned: list[PlannedShare]) -> dict[Degree, list[float]]:
    found: dict[Degree, list[float]] = defaultdict(list)
    for share in planned:
        found[share.degree].append(reuse(share.text, CAPTIONS[share.item]).reuse)
    return found


def test_every_degree_is_written_and_measures_as_what_it_is(planned: list[PlannedShare]) -> None:
    found = reuses(planned)
    assert set(found) == set(Degree)
    for degree, (least, most) in BOUNDS.items():
        assert least <= min(found[degree]) <= max(found[degree]) <= most, degree


def test_the_degrees_do_not_overlap(planned: list[PlannedShare]) -> None:
    found = reuses(planned)
    order = [Degree.OWN, Degree.HEAVY, Degree.LIGHT, Degree.FRONT, Degree.COPY]
    for less, more in pairwise(order):
        assert max(found[less]) < min(found[more])


def test_own_texts_do_not_repeat_each_other(planned: list[PlannedShare]) -> None:
    own = [share.text for share in planned if share.degree is Degree.OWN]
    assert len(own) > 40
    fingerprints = [fingerprint(text) for text in own]
    for place, text in enumerate(own):
        others = fingerprints[:place] + fingerprints[place + 1 :]
        assert max(alike(text, others)) < 0.65  # an opener, a closer and one of three sentences


def test_only_the_over_zealous_repeat_themselves(planned: list[PlannedShare]) -> None:
    earlier: dict[str, list[str]] = defaultdict(list)
    for share in planned:
        before = earlier[share.author.key]
        if share.author.profile is not ZEALOUS:
            assert all(part < 0.5 for part in alike(share.text, map(fingerprint, before))), share.key
        before.append(share.text)


def test_there_are_twelve_items_with_two_or_three_captions_in_two_languages() -> None:
    items = [item for campaign in campaigns() for item in campaign.items]
    assert len(campaigns()) == 3
    assert len(items) == 12
    for item in items:
        assert 2 <= len(item.captions) <= 3
        assert {caption.language for caption in item.captions} == {"en", "fr"}
        assert all(40 <= len(caption.text.split()) <= 80 for caption in item.captions)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_language_has_dozens_of_sentences_of_its_own(language: str) -> None:
    words = own_words(language)
    sentences = [*words.openers, *words.closers, *words.repair, *words.people, *words.aube]
    assert len(set(sentences)) == len(sentences) >= 60


def test_twenty_four_people_have_keys_of_their_own() -> None:
    assert len({person.key for person in PEOPLE}) == len({person.subject for person in PEOPLE}) == len(PEOPLE) == 24
