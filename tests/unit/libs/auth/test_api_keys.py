"""API keys: their form, and every way to come in with one that is not good."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.auth.api_keys import (
    BASE62,
    BEGUN_SECONDS,
    FORM,
    REVOKED,
    ApiKeys,
    checksum_of,
    digest_of,
    new_key,
    secret_id_of,
)
from libs.auth.errors import IdentityUnavailable, InvalidToken
from libs.auth.roles import KEY_SCOPES, SCOPES
from libs.clock import new_id
from tests.unit.libs.auth.issuer import Issuer, api_keys, verifier_of

OLD = UUID("01890a5d-ac96-774b-bcce-b302099a8057")  # made in 2023
KEY_ID, PROGRAMME = UUID(int=1), UUID(int=2)


def told(key: str, **other: Any) -> bytes:
    """What the bucket says of a key."""
    value = {
        "key_id": str(KEY_ID),
        "digest": digest_of(key),
        "programme_id": str(PROGRAMME),
        "scopes": ["content:read", "engagement:write"],
        "ends_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    return json.dumps({**value, **other}).encode()


def knowing(key: str, **other: Any) -> ApiKeys:
    keys = api_keys()
    keys.put(str(OLD), told(key, **other))
    return keys


def test_a_key_opens_what_it_was_given_and_nothing_else() -> None:
    key = new_key(OLD)
    principal = knowing(key).principal(key)
    assert principal.subject == f"api-key:{KEY_ID}"
    assert principal.scopes == {"content:read", "engagement:write"}
    assert principal.programmes == frozenset({PROGRAMME})
    assert 0 < principal.seconds_left() <= BEGUN_SECONDS  # of a stream that is begun with it


def test_the_form_is_one_that_scanners_and_people_can_find() -> None:
    key = new_key(OLD)
    assert re.fullmatch(r"timbre_[0-9a-f]{32}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", key)
    assert secret_id_of(key) == OLD
    assert new_key(OLD) != key


def test_a_form_does_not_change_between_releases() -> None:
    body = f"timbre_{OLD.hex}_{'0' * 43}"
    assert f"{body}_{checksum_of(body)}" == f"{body}_07L25l"


class Unasked(dict[UUID, Any]):
    """What is known, where nobody may look."""

    def get(self, *_: object) -> Any:
        raise AssertionError("it was looked up")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key[:-7] + "_" + "0" * 6,
        lambda key: key.replace("timbre_0", "timbre_1", 1),
        lambda key: key[:50] + BASE62[(BASE62.index(key[50]) + 1) % 62] + key[51:],
        lambda key: key[:-7],
        lambda key: key + "\n",
        lambda key: key + " ",
        lambda key: key.upper(),
        lambda _: "timbre_",
        lambda _: "timbre_" + "x" * 8000,
        lambda key: key.replace("_", "-"),
        lambda key: key[:39] + "_" + "é" * 43 + "_000000",
    ],
)
def test_a_bad_checksum_or_form_is_refused_without_a_look(spoil: Callable[[str], str]) -> None:
    keys = api_keys()
    keys._known = Unasked()
    with pytest.raises(InvalidToken, match="no API key"):
        keys.principal(spoil(new_key(OLD)))


def test_a_wrong_secret_is_refused() -> None:
    key, guess = new_key(OLD), new_key(OLD)
    with pytest.raises(InvalidToken):
        knowing(key).principal(guess)


def test_a_revoked_key_is_refused() -> None:
    key = new_key(OLD)
    keys = knowing(key)
    keys.put(str(OLD), REVOKED)
    with pytest.raises(InvalidToken, match="no such"):
        keys.principal(key)
    assert len(keys) == 0


def test_a_key_revoked_in_the_moment_of_its_making_is_refused_and_not_put_off() -> None:
    keys, secret_id = api_keys(), new_id()
    keys.put(str(secret_id), REVOKED)
    with pytest.raises(InvalidToken):
        keys.principal(new_key(secret_id))


def test_an_expired_key_is_refused() -> None:
    key = new_key(OLD)
    with pytest.raises(InvalidToken, match="expired"):
        knowing(key, ends_at=datetime.now(UTC).isoformat()).principal(key)


def test_both_secrets_of_a_rotated_key_open_until_the_old_one_ends() -> None:
    old, new, newer = new_key(OLD), new_key(KEY_ID), KEY_ID
    keys = knowing(old)
    keys.put(str(newer), told(new))
    assert keys.principal(old).subject == keys.principal(new).subject
    keys.put(str(OLD), told(old, ends_at=datetime.now(UTC).isoformat()))
    with pytest.raises(InvalidToken, match="expired"):
        keys.principal(old)
    assert keys.principal(new).subject == f"api-key:{KEY_ID}"


def test_scopes_that_keys_may_not_have_are_left_out_whoever_wrote_them() -> None:
    key = new_key(OLD)
    found = knowing(key, scopes=["keys:write", "programme:write", "points:self", "content:read", "nonsense"])
    assert found.principal(key).scopes == {"content:read"}


def test_keys_may_have_nothing_personal_and_nothing_beyond_a_programme() -> None:
    assert not [scope for scope in KEY_SCOPES if scope.endswith(":self")]
    assert not KEY_SCOPES & {"keys:write", "programme:write", "share:write"}
    assert SCOPES["service"] <= KEY_SCOPES


class TestNotKnownYet:
    """Keys of which nothing can be said."""

    def test_while_the_bucket_is_read_an_unknown_key_is_neither_good_nor_bad(self) -> None:
        with pytest.raises(IdentityUnavailable) as refused:
            api_keys(loaded=False).principal(new_key(OLD))
        assert refused.value.retry_after == 1

    def test_a_key_of_this_moment_may_be_on_its_way(self) -> None:
        with pytest.raises(IdentityUnavailable):
            api_keys().principal(new_key(new_id()))

    def test_an_unknown_key_of_earlier_is_refused(self) -> None:
        with pytest.raises(InvalidToken, match="no such"):
            api_keys().principal(new_key(OLD))

    def test_while_revocations_cannot_be_heard_no_key_opens(self) -> None:
        key = new_key(OLD)
        keys = api_keys(current=False)
        keys.put(str(OLD), told(key))
        with pytest.raises(IdentityUnavailable):
            keys.principal(key)

    @pytest.mark.parametrize("value", [b"{", b"null", b'{"key_id": 7}', b"\xff"])
    def test_a_value_that_cannot_be_read_leaves_no_old_key(self, value: bytes) -> None:
        key = new_key(OLD)
        keys = knowing(key)
        keys.put(str(OLD), value)
        with pytest.raises(InvalidToken):
            keys.principal(key)

    def test_a_name_that_is_no_id_is_passed_over(self) -> None:
        keys = api_keys()
        keys.put("nonsense", b"{}")
        assert len(keys) == 0


def test_each_use_is_told_and_no_failed_one() -> None:
    uses: list[UUID] = []
    key = new_key(OLD)
    keys = api_keys(used=uses.append)
    keys.put(str(OLD), told(key))
    keys.principal(key)
    with pytest.raises(InvalidToken):
        keys.principal(new_key(OLD))
    assert uses == [KEY_ID]


async def test_a_verifier_takes_keys_beside_tokens_and_asks_no_issuer() -> None:
    issuer = Issuer()
    with pytest.raises(InvalidToken, match="no such API key"):
        await verifier_of(issuer).verify(new_key(OLD))
    assert issuer.readings == 0


def test_nothing_that_is_kept_shows_the_secret() -> None:
    key = new_key(OLD)
    secret = key.split("_")[2]
    keys = knowing(key)
    assert secret not in repr(keys._known)
    assert FORM.fullmatch(key)
