"""Copies stay copies under every disguise that the choice of the measure was based on, in French and in English."""

import re

import pytest

from libs.similarity import fingerprint, reuse
from tests.unit.libs.similarity import disguises
from tests.unit.libs.similarity.disguises import Disguise
from tests.unit.libs.similarity.texts import FRENCH, LANGUAGES, TRANSLATED

COSTLESS = [
    disguises.emoji,
    disguises.twelve_hashtags,
    disguises.hashtags_inside,
    disguises.hashtags_of_its_own_words,
    disguises.hashtagged_words,
    disguises.mentions_and_links,
    disguises.zero_width,
    disguises.lookalikes,
    disguises.bold,
    disguises.capitals,
    disguises.decomposed,
    disguises.other_apostrophes,
]
# Mean reuse that lower-casing alone finds; captions with many accents or apostrophes lie below it.
NAIVELY = [
    (disguises.zero_width, 0.08),
    (disguises.lookalikes, 0.02),
    (disguises.bold, 0.01),
    (disguises.mentions_and_links, 0.78),
    (disguises.twelve_hashtags, 0.84),
    (disguises.capitals, 0.76),
]

every_language = pytest.mark.parametrize("language", LANGUAGES)


def measured(post: str, language: str) -> float:
    return reuse(post, [fingerprint(LANGUAGES[language].caption)]).reuse


def naive_reuse(post: str, caption: str) -> float:
    """Run coverage after lower-casing alone: what normalisation is compared with."""
    words, known = (re.findall(r"[^\W_]+", text.lower()) for text in (post, caption))
    runs = set(zip(known, known[1:], known[2:], strict=False))
    copied = {
        place + step
        for place, run in enumerate(zip(words, words[1:], words[2:], strict=False))
        if run in runs
        for step in range(3)
    }
    return len(copied) / len(words)


@every_language
@pytest.mark.parametrize("disguise", COSTLESS)
def test_signs_letters_hashtags_and_links_hide_nothing(disguise: Disguise, language: str) -> None:
    copy = disguise(LANGUAGES[language].caption)
    assert copy != LANGUAGES[language].caption or language == "english"
    assert measured(copy, language) == 1.0


@pytest.mark.parametrize(("disguise", "naive"), NAIVELY)
def test_normalisation_finds_a_copy_that_lower_casing_takes_for_original(disguise: Disguise, naive: float) -> None:
    copy = disguise(FRENCH.caption)
    assert naive_reuse(copy, FRENCH.caption) <= naive + 0.05
    assert measured(copy, "french") == 1.0


@every_language
def test_all_costless_disguises_at_once_hide_nothing(language: str) -> None:
    copy = LANGUAGES[language].caption
    for disguise in (disguises.capitals, disguises.hashtagged_words, disguises.lookalikes, disguises.emoji):
        copy = disguise(copy)
    assert measured(disguises.mentions_and_links(disguises.twelve_hashtags(copy)), language) == 1.0


@every_language
def test_reordered_sentences_are_a_full_copy(language: str) -> None:
    assert measured(disguises.sentences_reordered(LANGUAGES[language].caption), language) == 1.0


@every_language
def test_every_tenth_word_dropped_is_almost_a_full_copy(language: str) -> None:
    copy = disguises.every_tenth_word_dropped(LANGUAGES[language].caption)
    assert measured(copy, language) == pytest.approx(0.99, abs=0.02)


@every_language
@pytest.mark.parametrize(("count", "expected"), [(6, 0.86), (3, 0.74)])
def test_filler_words_lower_reuse_only_by_their_number(count: int, expected: float, language: str) -> None:
    text = LANGUAGES[language]
    copy = disguises.filler_every(count, text.fillers)(text.caption)
    assert measured(copy, language) == pytest.approx(expected, abs=0.02)


@every_language
def test_typo_every_six_words_keeps_nine_tenths(language: str) -> None:
    copy = disguises.typo_every_six_words(LANGUAGES[language].caption)
    assert measured(copy, language) == pytest.approx(0.90, abs=0.06)


@every_language
def test_own_sentence_in_front_earns_its_own_length(language: str) -> None:
    text = LANGUAGES[language]
    assert measured(text.own_sentence + text.caption, language) == pytest.approx(0.80, abs=0.02)


@every_language
def test_forty_words_of_boilerplate_pass_for_own_words(language: str) -> None:
    text = LANGUAGES[language]
    assert measured(text.caption + text.boilerplate, language) == pytest.approx(0.63, abs=0.02)


@every_language
def test_boilerplate_that_joins_the_suggestion_is_copied_too(language: str) -> None:
    text = LANGUAGES[language]
    found = reuse(text.caption + text.boilerplate, [fingerprint(text.caption, text.boilerplate)])
    assert found.own_words == 0


@every_language
def test_first_half_alone_is_a_full_copy(language: str) -> None:
    assert measured(disguises.first_half(LANGUAGES[language].caption), language) == 1.0


@every_language
def test_unrelated_text_owes_nothing(language: str) -> None:
    assert measured(LANGUAGES[language].unrelated, language) == pytest.approx(0.01, abs=0.02)


@every_language
def test_translation_made_by_the_author_is_their_work(language: str) -> None:
    assert measured(TRANSLATED[language], language) == pytest.approx(0.01, abs=0.02)


@every_language
def test_suggestion_held_in_both_languages_catches_a_copy_in_either(language: str) -> None:
    held = [fingerprint(text.caption) for text in LANGUAGES.values()]
    assert reuse(TRANSLATED[language], held).reuse == 1.0
