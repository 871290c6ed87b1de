"""Reuse, its mask and its passages, and the weight of colleagues' posts."""

import pytest

from libs.similarity import Fingerprint, alike, fingerprint, near, parrot_weight, reuse
from tests.unit.libs.similarity.texts import ENGLISH, FRENCH

CAPTION = fingerprint(FRENCH.caption)


def copied_parts(post: str, *suggestions: Fingerprint) -> list[str]:
    return [post[passage.start : passage.end] for passage in reuse(post, suggestions).passages]


def test_two_shared_words_are_not_a_run_and_three_are() -> None:
    suggestion = fingerprint("un deux trois quatre")
    assert reuse("un deux sept huit", [suggestion]).mask == (False, False, False, False)
    assert reuse("un deux trois huit", [suggestion]).mask == (True, True, True, False)


def test_passages_show_the_copied_words_as_written() -> None:
    post = "Fière : notre Équipe de LYON 🎉 vient d’ouvrir la porte, deux tonnes de matériel plus tard."
    assert copied_parts(post, CAPTION) == ["notre Équipe de LYON 🎉 vient d’ouvrir", "deux tonnes de matériel"]


def test_passages_and_mask_agree_on_what_is_copied() -> None:
    found = reuse(ENGLISH.own_sentence + ENGLISH.caption, [fingerprint(ENGLISH.caption)])
    assert (found.words, found.copied, found.own_words) == (82, 66, 16)
    assert found.mask == (False,) * 16 + (True,) * 66
    assert found.reuse == 66 / 82


def test_largest_mask_of_all_captions_is_kept() -> None:
    slightly, fully = fingerprint("notre équipe de Lyon"), CAPTION
    assert reuse(FRENCH.caption, [slightly, fully]) == reuse(FRENCH.caption, [fully, slightly])
    assert reuse(FRENCH.caption, [slightly, fully]).reuse == 1.0


def test_without_suggestions_all_words_are_own_but_hashtags() -> None:
    found = reuse("Bravo à toute l'équipe #bravo", [])
    assert (found.words, found.copied, found.own_words, found.passages) == (5, 0, 5, ())


@pytest.mark.parametrize("post", ["", "🎉🎉", "#bravo", "https://exemple.fr/a", "@marie", "\ud800"])
def test_post_without_words_has_no_own_words(post: str) -> None:
    found = reuse(post, [CAPTION])
    assert (found.words, found.own_words, found.reuse, found.passages) == (0, 0, 0.0, ())


@pytest.mark.parametrize(
    ("post", "copied"), [("bénévoles", 1), ("Tous les", 2), ("les tous", 0), ("Bravo", 0), ("Bravo Lyon", 0)]
)
def test_one_or_two_words_are_copied_if_they_stand_so_in_the_suggestion(post: str, copied: int) -> None:
    assert reuse(post, [CAPTION]).copied == copied


def test_hashtag_that_the_suggestion_does_not_use_is_no_word() -> None:
    assert reuse("deux tonnes #FierDeNous de matériel", [CAPTION]) == reuse(
        "deux tonnes 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉 de matériel", [CAPTION]
    )


def test_hashtag_of_a_suggested_word_counts_where_it_is_copied() -> None:
    assert reuse("deux #tonnes de matériel", [CAPTION]).mask == (True,) * 4
    assert reuse("deux tonnes de matériel #Lyon", [CAPTION]).mask == (True,) * 4
    assert reuse("deux #autre #tonnes #autre de matériel", [CAPTION]).mask == (True,) * 4


def test_hashtags_of_the_suggestion_may_be_left_out_of_a_copy() -> None:
    suggestion = fingerprint("Rejoignez-nous jeudi #AcmeLife à Lyon #recrutement")
    assert reuse("Rejoignez-nous jeudi à Lyon", [suggestion]).reuse == 1.0
    assert reuse("Rejoignez-nous jeudi #AcmeLife à Lyon", [suggestion]).reuse == 1.0


def test_no_run_crosses_two_parts_of_a_suggestion() -> None:
    assert reuse("b c d", [fingerprint("a b c", "d e f")]).copied == 0


def test_alike_says_how_much_of_the_post_is_in_each_other_post() -> None:
    others = [fingerprint(FRENCH.caption), fingerprint(FRENCH.unrelated), fingerprint(ENGLISH.caption)]
    assert alike(FRENCH.caption, others) == [1.0, 0.0, 0.0]
    assert alike(FRENCH.caption, []) == []


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 0.0), (0.5, 0.0), (0.6, 0.25), (0.7, 0.5), (0.9, 1.0), (1.0, 1.0)]
)
def test_near_grows_from_half_to_nine_tenths(share: float, expected: float) -> None:
    assert near(share) == pytest.approx(expected, abs=1e-12)


def test_parrot_weight_counts_each_copy_once_and_light_likeness_in_part() -> None:
    copy, far = fingerprint(FRENCH.caption), fingerprint(FRENCH.unrelated)
    half = fingerprint("un deux trois quatre cinq six sept")
    assert parrot_weight(FRENCH.caption, [copy] * 10 + [far]) == 10.0
    assert parrot_weight("un deux trois quatre cinq six sept neuf dix onze", [half]) == 0.5
    assert parrot_weight("un deux trois quatre cinq six sept neuf dix onze douze", [half]) == 0.3409
    assert parrot_weight(FRENCH.caption, []) == 0.0
