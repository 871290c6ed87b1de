"""What goes over the wire to Valkey, and where it goes."""

import hashlib
import ssl

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.storage.resp import Script, command, packed
from libs.storage.valkey_address import ValkeyAddress

PARTS = st.one_of(st.binary(max_size=40), st.text(max_size=20), st.integers(-(2**63), 2**63))


def read(written: bytes) -> list[bytes]:
    reader = hiredis.Reader()
    reader.feed(written)
    found = reader.gets()
    assert reader.gets() is False, "more than one command was written"
    return list(found)


@given(st.lists(PARTS, min_size=1, max_size=8))
def test_a_command_is_read_back_as_it_was_meant(parts: list[bytes | str | int]) -> None:
    assert read(command(*parts)) == [part if isinstance(part, bytes) else str(part).encode() for part in parts]


@given(st.lists(PARTS, max_size=5))
def test_a_script_is_called_by_its_digest_or_whole(arguments: list[bytes | str | int]) -> None:
    text = "return KEYS"
    script = Script(text, keys=2)
    rest = packed(*arguments)
    keys = packed("a", "b")
    tail = [b"2", b"a", b"b", *(one if isinstance(one, bytes) else str(one).encode() for one in arguments)]
    digest = hashlib.sha1(text.encode()).hexdigest().encode()  # noqa: S324 - the name that Valkey gives it
    assert read(script.by_digest(keys, rest, len(arguments))) == [b"EVALSHA", digest, *tail]
    assert read(script.whole(keys, rest, len(arguments))) == [b"EVAL", text.encode(), *tail]


@pytest.mark.parametrize(
    ("url", "host", "port", "database", "username", "password"),
    [
        ("redis://localhost", "localhost", 6379, 0, "", ""),
        ("redis://:se%3Acret@10.0.0.1:7000/3", "10.0.0.1", 7000, 3, "", "se:cret"),
        ("valkey://gateway:word@valkey/0?db=2", "valkey", 6379, 2, "gateway", "word"),
        ("redis://[::1]:6379/", "::1", 6379, 0, "", ""),
    ],
)
def test_an_address_is_read_from_a_url(
    url: str, host: str, port: int, database: int, username: str, password: str
) -> None:
    address = ValkeyAddress.of(url)
    assert (address.host, address.port, address.database) == (host, port, database)
    assert (address.username, address.password, address.tls) == (username, password, None)
    assert not password or password not in repr(address)


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
def test_a_secure_address_checks_who_answers(scheme: str) -> None:
    tls = ValkeyAddress.of(f"{scheme}://host").tls
    assert tls is not None
    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize("url", ["http://host", "host:6379", "redis://", "redis://host:port", "redis://host/db"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        ValkeyAddress.of(url)
