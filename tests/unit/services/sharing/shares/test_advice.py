import pytest

from services.sharing.shares.domain.advice import SENTENCES, Advice, advise
from services.sharing.shares.domain.measure import Measures


def measures(**found: float) -> Measures:
    values = {"words": 40, "copied": 0, "caption_reuse": 0.0, "parrot": 0, "colleagues": 0, "compared": 9}
    return Measures(**{**values, "self_repeats": 0, **found}, passages=(), caption_id=None, measure_version=1)  # type: ignore[arg-type] # the values are of each field's kind


def test_an_own_text_gets_no_advice() -> None:
    assert advise(measures(), "en") == []


def test_all_at_once_comes_weightiest_first() -> None:
    found = advise(measures(words=20, copied=19, caption_reuse=0.954, colleagues=3, self_repeats=1), "en-GB")
    assert found == [
        Advice("copies_suggestion", "95 % of this stands in the suggestion: say it your way."),
        Advice("colleagues_said_it", "3 posts of colleagues already say nearly this."),
        Advice("repeats_yourself", "You posted nearly this in the last 90 days."),
        Advice("few_own_words", "1 word of this is your own: add what you saw, did or think."),
    ]


@pytest.mark.parametrize(
    ("language", "own", "sentence"),
    [
        ("en", 0, "0 words of this are your own"),
        ("en", 2, "2 words of this are your own"),
        ("fr", 0, "0 mot est de vous"),
        ("fr", 1, "1 mot est de vous"),
        ("fr-CA", 2, "2 mots sont de vous"),
        ("de", 2, "2 words of this are your own"),
    ],
)
def test_one_and_many_follow_the_language(language: str, own: int, sentence: str) -> None:
    (advice,) = advise(measures(words=40, copied=40 - own), language)
    assert advice.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({"caption_reuse": 0.5}, "copies_suggestion"),
        ({"colleagues": 1}, "colleagues_said_it"),
        ({"copied": 29}, "few_own_words"),
    ],
)
def test_advice_begins_at_its_bound(found: dict[str, float], code: str) -> None:
    assert [advice.code for advice in advise(measures(**found), "en")] == [code]
    below = {name: value - 0.01 if name == "caption_reuse" else value - 1 for name, value in found.items()}
    assert advise(measures(**below), "en") == []


def test_every_language_says_everything() -> None:
    assert all(set(sentences) == set(SENTENCES["en"]) for sentences in SENTENCES.values())
