"""What a token is, and where it stands in the text as written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.similarity import tokens
from libs.similarity.lookalikes import LOOKALIKES

any_text = st.text(st.characters()) | st.text(st.sampled_from("aé#@./:-_ ½œ\u200b\u0301\ud800İ😀１ʼ\u20e3\ufe0f\n"))


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


def shown(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'équipe, l’équipe et lʼéquipe", ["l", "equipe", "l", "equipe", "et", "l", "equipe"]),
        ("E\u0301QUIPE Équipe équipe", ["equipe"] * 3),
        ("cœur Œuvre ﬁn groß", ["coeur", "oeuvre", "fin", "gross"]),
        ("𝗕𝗿𝗮𝘃𝗼 ｂｒａｖｏ ⓑⓡⓐⓥⓞ ʙʀᴀᴠᴏ 🅑🅡🅐🅥🅞", ["bravo"] * 5),
        ("Мегсi РАRIS".replace("г", "r"), ["merci", "paris"]),
        ("\u03f2afé ᴄafé сafé", ["cafe"] * 3),
        ("mo\u200bt mo\u00adt mo\x08t mo\u3164t", ["mot"] * 4),
        ("un\u00a0deux\u2003trois\u2028quatre\u0085cinq", ["un", "deux", "trois", "quatre", "cinq"]),
        ("merci🎉bravo 1️⃣ ❶ 👩🏽‍🔧", ["merci", "bravo"]),
        ("_gras_ *fort* snake_case", ["gras", "fort", "snake", "case"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_letters_and_digits_make_words_whatever_they_wear(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "added",
    [
        "https://exemple.fr/a?b=c#d",
        "HTTP://EXEMPLE.FR",
        "www.exemple.fr",
        "exemple.fr/atelier",
        "blog.exemple.co.uk:8080/a",
        "@marie",
        "@marie.durand-petit",
        "@marie@exemple.social",
        "＠marie",
        "@\u200bmarie",
    ],
)
def test_links_and_mentions_are_no_words(added: str) -> None:
    assert words(f"avant {added} après") == ["avant", "apres"]


@pytest.mark.parametrize("text", ["et/ou", "M./Mme", "fin.début", "12.30", "acme.com"])
def test_punctuation_between_words_is_not_a_link(text: str) -> None:
    assert len(words(text)) == 2


def test_hashtag_of_joined_words_is_one_marked_word() -> None:
    assert [(token.word, token.hashtag) for token in tokens("fier #FierDeNous")] == [
        ("fier", False),
        ("fierdenous", True),
    ]


def test_number_sign_alone_marks_nothing() -> None:
    assert not any(token.hashtag for token in tokens("C# et # seul"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("😀 L’Œuvre\u200b, e\u0301té !", ["L", "Œuvre\u200b", "e\u0301té"]),
        ("½ ﬁn 𝗕𝗼𝗻", ["½", "ﬁn", "𝗕𝗼𝗻"]),
        ("voir https://a.fr/é puis #Noël", ["voir", "puis", "Noël"]),
    ],
)
def test_spans_show_the_word_as_written(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@given(any_text)
def test_spans_are_inside_the_text_increasing_and_disjoint(text: str) -> None:
    edges = [edge for token in tokens(text) for edge in (token.start, token.end)]
    assert edges == sorted(edges)
    assert all(token.start < token.end for token in tokens(text))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))


@given(any_text)
def test_words_are_letters_and_digits_in_small_letters(text: str) -> None:
    assert all(word and word.isalnum() and word == word.casefold() for word in words(text))


@given(st.text("abcdefghij klmnopqrstuvwxyz'.,", max_size=80))
def test_a_span_read_alone_is_the_same_word(text: str) -> None:
    assert [words(piece) for piece in shown(text)] == [[word] for word in words(text)]


@given(st.text(st.characters(categories=["Lu", "Ll", "Zs"], max_codepoint=0x24F), max_size=60))
def test_composed_and_decomposed_text_have_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_every_lookalike_stands_for_small_latin_letters() -> None:
    assert all(latin.isascii() and latin.isalpha() and latin.islower() for latin in LOOKALIKES.values())


def test_both_cases_of_cyrillic_lookalikes_are_the_same_letter() -> None:
    cyrillic = [sign for sign in LOOKALIKES if "CYRILLIC" in unicodedata.name(sign)]
    assert cyrillic
    assert all(LOOKALIKES.get(sign.swapcase(), LOOKALIKES[sign]) == LOOKALIKES[sign] for sign in cyrillic)
