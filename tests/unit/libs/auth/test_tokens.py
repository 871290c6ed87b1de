"""Attacks on access tokens, each refused, and the one token that is good."""

import base64
import json
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.auth import tokens
from libs.auth.errors import InvalidToken
from libs.auth.tokens import MAX_BYTES, KeyFile, Verifier
from tests.unit.libs.auth.issuer import AUDIENCE, ISSUER, Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    made = Issuer(tmp_path / "jwks.json")
    made.publish("ed", "ec")
    return made


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return Verifier(KeyFile(issuer.path), issuer=ISSUER, audience=AUDIENCE)


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def unsigned(issuer: Issuer, header: dict[str, Any]) -> str:
    """A token with a header of the attacker's and no signature."""
    payload = issuer.token().split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{head}.{payload}."


def test_a_good_token_names_its_bearer(issuer: Issuer, verifier: Verifier) -> None:
    programme = UUID(int=7)
    principal = verifier.verify(issuer.token(claims={"programmes": [str(programme)]}))
    assert principal.subject == "alice"
    assert principal.roles == {"manager"}
    assert "content:write" in principal.scopes
    assert principal.programmes == frozenset({programme})


def test_a_star_is_every_programme_only_when_it_stands_alone(issuer: Issuer, verifier: Verifier) -> None:
    assert verifier.verify(issuer.token()).programmes is None
    assert verifier.verify(issuer.token(without="programmes")).programmes == frozenset()
    with pytest.raises(InvalidToken):
        verifier.verify(issuer.token(claims={"programmes": ["*", str(UUID(int=7))]}))


def test_a_key_of_each_algorithm_is_taken(issuer: Issuer, verifier: Verifier) -> None:
    assert verifier.verify(issuer.token(algorithm="ES256", key=issuer.ec, headers={"kid": "ec"})).subject == "alice"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_no_algorithm_is_refused(issuer: Issuer, verifier: Verifier, alg: str) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(unsigned(issuer, {"typ": "at+jwt", "alg": alg, "kid": "ed"}))


def test_a_stripped_signature_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(unsigned(issuer, {"typ": "at+jwt", "alg": "EdDSA", "kid": "ed"}))


def test_the_public_key_as_hmac_secret_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        forged = issuer.token(algorithm="HS256", key=issuer.public_bytes())
    with pytest.raises(InvalidToken, match="algorithm"):
        verifier.verify(forged)


def test_a_key_is_for_its_own_algorithm_only(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken, match="not for this algorithm"):
        verifier.verify(issuer.token(algorithm="ES256", key=issuer.ec, headers={"kid": "ed"}))


def test_another_issuers_key_under_our_id_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    with pytest.raises(InvalidToken, match="Signature"):
        verifier.verify(issuer.token(key=Ed25519PrivateKey.generate()))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://id.example.org/"},
        {"iss": "https://id.example.org.evil.example"},
        {"aud": "another-system"},
        {"aud": [AUDIENCE]},
        {"aud": [AUDIENCE, "another-system"]},
        {"exp": in_seconds(-11)},
        {"exp": "soon"},
        {"nbf": in_seconds(3600)},
        {"iat": in_seconds(3600)},
        {"sub": 7},
        {"roles": "admin", "programmes": ["everywhere"]},
        {"programmes": 7},
    ],
    # without the times, which differ in each worker of a run
    ids=lambda claims: " ".join(
        f"{name} {value if isinstance(value, str) else type(value).__name__}" for name, value in claims.items()
    ),
)
def test_a_wrong_claim_is_refused(issuer: Issuer, verifier: Verifier, claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(issuer.token(claims=claims))


@pytest.mark.parametrize("claim", ["exp", "iat", "iss", "aud", "sub"])
def test_a_missing_claim_is_refused(issuer: Issuer, verifier: Verifier, claim: str) -> None:
    with pytest.raises(InvalidToken, match=claim):
        verifier.verify(issuer.token(without=claim))


@pytest.mark.parametrize("kind", ["JWT", "id+jwt", "", "AT+JWT", None])
def test_what_is_no_access_token_is_refused(issuer: Issuer, verifier: Verifier, kind: str | None) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(issuer.token(headers={"typ": kind}))


@pytest.mark.parametrize("junk", ["", "a", "a.b.c", "....", "é.é.é", "\x00", "eyJhbGciOiJFZERTQSJ9"])
def test_junk_is_refused(verifier: Verifier, junk: str) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(junk)


def test_a_token_is_at_most_eight_kibibytes(issuer: Issuer, verifier: Verifier) -> None:
    fits = issuer.token(claims={"name": "x" * 5_000})
    assert verifier.verify(fits).subject == "alice"
    long = issuer.token(claims={"name": "x" * MAX_BYTES})
    with pytest.raises(InvalidToken, match="too long"):
        verifier.verify(long)


def test_a_changed_payload_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    head, _, signature = issuer.token().split(".")
    _, payload, _ = issuer.token(claims={"roles": ["admin"]}).split(".")
    with pytest.raises(InvalidToken, match="Signature"):
        verifier.verify(f"{head}.{payload}.{signature}")


class CountedFile(type(Path())):  # type: ignore[misc] # the concrete class differs by platform
    """A path that counts how often it is read."""

    reads = 0

    def read_text(self, *arguments: Any, **options: Any) -> str:
        type(self).reads += 1
        return str(super().read_text(*arguments, **options))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic time that the key file sees, in its only element."""
    now = [1000.0]
    monkeypatch.setattr("libs.auth.tokens.time.monotonic", lambda: now[0])
    return now


def test_a_flood_of_unknown_keys_reads_the_file_once_an_interval(issuer: Issuer, clock: list[float]) -> None:
    CountedFile.reads = 0
    verifier = Verifier(KeyFile(CountedFile(issuer.path)), issuer=ISSUER, audience=AUDIENCE)
    for interval in range(1, 4):
        for number in range(50):
            with pytest.raises(InvalidToken, match="no key of this id"):
                verifier.verify(issuer.token(headers={"kid": f"unknown-{number}"}))
        assert CountedFile.reads == interval
        clock[0] += tokens.REFRESH_SECONDS + 0.1


def test_a_rotated_key_is_found_and_the_old_one_forgotten(issuer: Issuer, clock: list[float]) -> None:
    issuer.publish("ed")
    verifier = Verifier(KeyFile(issuer.path), issuer=ISSUER, audience=AUDIENCE)
    by_new_key = issuer.token(algorithm="ES256", key=issuer.ec, headers={"kid": "ec"})
    verifier.verify(issuer.token())
    issuer.publish("ec")
    with pytest.raises(InvalidToken):
        verifier.verify(by_new_key)
    clock[0] += tokens.REFRESH_SECONDS + 0.1
    assert verifier.verify(by_new_key).subject == "alice"
    with pytest.raises(InvalidToken, match="no key of this id"):
        verifier.verify(issuer.token())


def test_a_key_file_may_come_later(issuer: Issuer, clock: list[float]) -> None:
    issuer.path.unlink()
    verifier = Verifier(KeyFile(issuer.path), issuer=ISSUER, audience=AUDIENCE)
    with pytest.raises(InvalidToken):
        verifier.verify(issuer.token())
    issuer.publish("ed")
    clock[0] += tokens.REFRESH_SECONDS + 0.1
    assert verifier.verify(issuer.token()).subject == "alice"


@pytest.mark.parametrize("content", ["", "{", '{"keys": []}', '{"keys": [{"kty": "oct"}]}'])
def test_a_broken_key_file_lets_nobody_in(issuer: Issuer, verifier: Verifier, content: str) -> None:
    issuer.path.write_text(content)
    with pytest.raises(InvalidToken):
        verifier.verify(issuer.token())
