"""Which content coding a client gets."""

import pytest

from gateway.codings import coding_for


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", "identity"),
        (b"identity", "identity"),
        (b"gzip", "gzip"),
        (b"GZIP, deflate, br", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"zstd;q=0.1, gzip;q=0.9", "gzip"),
        (b"gzip;q=0", "identity"),
        (b"gzip;q=0, *", "zstd"),
        (b"*;q=0", "identity"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"gzip;q=none", "identity"),
        (b"br, deflate", "identity"),
    ],
)
def test_the_client_chooses_and_we_do_where_it_likes_two_the_same(accepted: bytes, coding: str) -> None:
    assert coding_for(accepted) == coding
