"""Keyed hashes of people."""

from hypothesis import given
from hypothesis import strategies as st

from libs.auth.person_keys import PersonKeys

KEYS = PersonKeys("a secret of at least thirty-two characters")
OTHERS = PersonKeys("another secret of thirty-two characters")


def test_one_person_has_one_key_however_the_handle_is_written() -> None:
    assert len({KEYS.of_handle("x", written) for written in ("alice", "@Alice", " ALICE ", "@alice\n")}) == 1


def test_networks_kinds_and_secrets_keep_people_apart() -> None:
    same = [
        KEYS.of_handle("x", "alice"),
        KEYS.of_handle("linkedin", "alice"),
        KEYS.of_subject("alice"),
        KEYS.of_text("alice"),
        OTHERS.of_handle("x", "alice"),
        OTHERS.of_subject("alice"),
    ]
    assert len(set(same)) == len(same)


def test_a_key_does_not_change_between_releases() -> None:
    assert KEYS.of_subject("alice") == PersonKeys("a secret of at least thirty-two characters").of_subject("alice")
    assert KEYS.of_handle("x", "alice") == "9bdb217a5724b1bdb47483c59547e53c"


@given(st.text())
def test_a_key_is_32_hexadecimal_signs_and_hides_the_name(name: str) -> None:
    for key in (KEYS.of_handle("x", name), KEYS.of_subject(name), KEYS.of_text(name)):
        assert len(key) == 32
        assert set(key) <= set("0123456789abcdef")


@given(st.text(), st.text())
def test_two_subjects_have_two_keys(one: str, other: str) -> None:
    assert (KEYS.of_subject(one) == KEYS.of_subject(other)) == (one == other)
