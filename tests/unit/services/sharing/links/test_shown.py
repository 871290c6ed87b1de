"""Codes, and how links stand in Valkey: sharing writes what the gateway reads."""

from uuid import UUID

from gateway.links import targets
from services.sharing.links.api import new_code
from services.sharing.links.domain.shown import ALPHABET, CODE_LENGTH, READY, link_key, link_value

LINK = UUID(int=7)


def test_codes_cannot_be_guessed_or_misread() -> None:
    assert len(ALPHABET) ** CODE_LENGTH >= 62**8
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set(ALPHABET) & set("0Oo1IiLl") - {"L"}
    made = {new_code() for _ in range(1000)}
    assert len(made) == 1000
    assert set().union(*made) == set(ALPHABET)


def test_the_gateway_knows_the_codes_that_sharing_makes_and_no_others() -> None:
    known = {chr(number) for number in range(0x250) if targets.CODE.fullmatch(chr(number) * CODE_LENGTH)}
    assert known == set(ALPHABET)
    for length in (0, CODE_LENGTH - 1, CODE_LENGTH + 1):
        assert not targets.CODE.fullmatch("a" * length)
    assert not targets.CODE.fullmatch(new_code() + "\n")


def test_the_gateway_reads_the_keys_and_values_that_sharing_writes() -> None:
    code = new_code()
    assert targets.PREFIX + code == link_key(code)
    assert targets.READY == READY
    value = link_value(3, LINK, "https://good.example/")
    assert value[targets.ID] == LINK.bytes
    assert value[targets.ID.stop :] == b"https://good.example/"
    assert len(link_value(3, LINK, None)) == targets.ID.stop
