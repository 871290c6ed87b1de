"""The issuer's keys in memory: how often it is asked, and what holds while it is down."""

import asyncio
from pathlib import Path

import pytest

from libs.auth.errors import IdentityUnavailable, InvalidToken
from libs.auth.key_sets import KEPT_SECONDS, REFRESH_SECONDS, KeyFile, KeySet, Unreadable
from tests.unit.libs.auth.issuer import Issuer, key_set, verifier_of

STALE = 3600.0


@pytest.fixture
def issuer() -> Issuer:
    made = Issuer()
    made.publish("ed")
    return made


@pytest.fixture
def clock() -> list[float]:
    """The time that a key set sees, in its only element."""
    return [1000.0]


async def rested(keys: KeySet) -> None:
    """Return when the reading beside requests, if there is one, has ended."""
    if keys._reading is not None:
        await keys._reading


async def test_a_flood_of_unknown_keys_asks_the_issuer_once_an_interval(issuer: Issuer, clock: list[float]) -> None:
    keys = key_set(issuer, clock)
    for interval in range(1, 4):
        found = await asyncio.gather(*(keys.find(f"unknown-{n}") for n in range(1000)), return_exceptions=True)
        assert {type(one) for one in found} == {InvalidToken}
        assert issuer.readings == interval
        clock[0] += REFRESH_SECONDS


async def test_one_who_leaves_takes_the_reading_from_nobody(issuer: Issuer) -> None:
    keys, answers = key_set(issuer), asyncio.Event()
    answer = issuer.document

    async def slowly() -> bytes:
        issuer.readings += 1
        await answers.wait()
        return answer

    keys._source = type("Slow", (), {"read": staticmethod(slowly)})()
    leaving, staying = asyncio.create_task(keys.find("ed")), asyncio.create_task(keys.find("ed"))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    answers.set()
    assert (await staying).key_id == "ed"
    assert issuer.readings == 1


async def test_a_known_key_is_read_again_beside_requests(issuer: Issuer, clock: list[float]) -> None:
    keys = key_set(issuer, clock)
    await keys.find("ed")
    clock[0] += KEPT_SECONDS / 2 - 1
    await keys.find("ed")
    assert issuer.readings == 1
    clock[0] += 2
    await keys.find("ed")
    await rested(keys)
    assert issuer.readings == 2
    assert keys.version == 1


async def test_a_rotated_key_is_found_and_the_old_one_forgotten(issuer: Issuer, clock: list[float]) -> None:
    keys = key_set(issuer, clock)
    await keys.find("ed")
    issuer.publish("ec")
    with pytest.raises(InvalidToken):
        await keys.find("ec")
    clock[0] += REFRESH_SECONDS
    assert (await keys.find("ec")).key_id == "ec"
    with pytest.raises(InvalidToken, match="no key of this id"):
        await keys.find("ed")


async def test_a_withdrawn_key_is_not_taken_after_a_quiet_time(issuer: Issuer, clock: list[float]) -> None:
    keys = key_set(issuer, clock)
    await keys.find("ed")
    issuer.publish("ec")
    clock[0] += KEPT_SECONDS
    with pytest.raises(InvalidToken):
        await keys.find("ed")


class TestIssuerDown:
    """What a process does while the keys cannot be read."""

    async def test_before_the_first_reading_a_token_is_neither_good_nor_bad(
        self, issuer: Issuer, clock: list[float]
    ) -> None:
        issuer.down = True
        keys = key_set(issuer, clock)
        with pytest.raises(IdentityUnavailable) as told:
            await keys.find("ed")
        assert told.value.retry_after == REFRESH_SECONDS
        clock[0] += 7.5
        with pytest.raises(IdentityUnavailable) as told:
            await keys.find("ed")
        assert (told.value.retry_after, issuer.readings) == (3, 1)

    async def test_it_heals(self, issuer: Issuer, clock: list[float]) -> None:
        issuer.down = True
        keys = key_set(issuer, clock)
        with pytest.raises(IdentityUnavailable):
            await keys.find("ed")
        issuer.down = False
        clock[0] += REFRESH_SECONDS
        assert (await keys.find("ed")).key_id == "ed"

    async def test_known_keys_serve_until_they_are_too_old(self, issuer: Issuer, clock: list[float]) -> None:
        keys = key_set(issuer, clock, stale_seconds=STALE)
        await keys.find("ed")
        issuer.down = True
        clock[0] += KEPT_SECONDS
        for _ in range(3):
            assert (await keys.find("ed")).key_id == "ed"
            await rested(keys)
            clock[0] += REFRESH_SECONDS
        assert issuer.readings == 4
        clock[0] += STALE
        with pytest.raises(IdentityUnavailable):
            await keys.find("ed")

    async def test_a_known_key_does_not_wait_for_an_issuer_that_hangs(self, issuer: Issuer, clock: list[float]) -> None:
        keys = key_set(issuer, clock)
        await keys.find("ed")
        issuer.down = True
        clock[0] += KEPT_SECONDS
        await keys.find("ed")
        keys._source = type("Hanging", (), {"read": staticmethod(asyncio.Event().wait)})()
        clock[0] += REFRESH_SECONDS
        assert (await keys.find("ed")).key_id == "ed"
        await keys.close()

    async def test_an_unknown_key_is_not_called_wrong(self, issuer: Issuer, clock: list[float]) -> None:
        keys = key_set(issuer, clock)
        await keys.find("ed")
        issuer.down = True
        clock[0] += REFRESH_SECONDS
        with pytest.raises(IdentityUnavailable):
            await keys.find("new")

    async def test_an_expired_key_set_lets_no_token_in(self, issuer: Issuer, clock: list[float]) -> None:
        verifier = verifier_of(issuer, clock)
        await verifier.verify(issuer.token())
        issuer.down = True
        clock[0] += STALE + KEPT_SECONDS
        with pytest.raises(IdentityUnavailable):
            await verifier.verify(issuer.token(claims={"jti": "another"}))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"keys": []}', b'{"keys": [{"kty": "oct"}]}', b"\xff", b"[]", b'{"keys": {}}', b"[" * 100_000],
)
async def test_a_broken_key_set_lets_nobody_in_and_keeps_what_was_known(
    issuer: Issuer, clock: list[float], content: bytes
) -> None:
    good, issuer.document = issuer.document, content
    with pytest.raises(IdentityUnavailable):
        await key_set(issuer, clock).find("ed")
    issuer.document = good
    keys = key_set(issuer, clock)
    await keys.find("ed")
    issuer.document = content
    clock[0] += KEPT_SECONDS
    assert (await keys.find("ed")).key_id == "ed"


async def test_a_key_file_may_come_later(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    with pytest.raises(Unreadable, match="FileNotFoundError"):
        await KeyFile(path).read()
    path.write_bytes(issuer.document)
    assert await KeyFile(path).read() == issuer.document
