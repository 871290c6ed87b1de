"""Which keys of a set are taken, and for which algorithm."""

import json
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from libs.auth.jwks import MOST_KEYS, keys_in
from tests.unit.libs.auth.issuer import Issuer

ISSUER = Issuer()
SHORT = generate_private_key(65537, 1024)  # noqa: S505 - what must not be taken


def document(*jwks: Any) -> bytes:
    return json.dumps({"keys": list(jwks)}).encode()


def without(name: str, *fields: str) -> dict[str, Any]:
    return {key: value for key, value in ISSUER.jwk(name).items() if key not in fields}


@pytest.mark.parametrize(("name", "algorithm"), [("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA")])
def test_a_key_has_the_algorithm_of_its_kind_whether_the_set_says_so_or_not(name: str, algorithm: str) -> None:
    for jwk in (ISSUER.jwk(name), without(name, "alg", "use")):
        assert keys_in(document(jwk))[name].algorithm_name == algorithm


@pytest.mark.parametrize(
    "jwk",
    [
        {**ISSUER.jwk("rsa"), "alg": "HS256"},
        {**ISSUER.jwk("rsa"), "alg": "RS512"},
        {**ISSUER.jwk("rsa"), "alg": "none"},
        {**ISSUER.jwk("ec"), "alg": "ES384"},
        {**ISSUER.jwk("ec"), "crv": "P-384"},
        {**ISSUER.jwk("ec"), "crv": ["P-256"]},
        {**ISSUER.jwk("ed"), "crv": "X25519"},
        {**ISSUER.jwk("ed"), "use": "enc"},
        {**ISSUER.jwk("ed"), "key_ops": ["encrypt"]},
        {**ISSUER.jwk("ed"), "key_ops": 7},
        {**ISSUER.jwk("ed"), "kid": 7},
        {**ISSUER.jwk("ed"), "x": "AAAA"},
        {**OKPAlgorithm.to_jwk(ISSUER.ed, as_dict=True), "kid": "out", "alg": "EdDSA"},
        {**RSAAlgorithm.to_jwk(SHORT.public_key(), as_dict=True), "kid": "short"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0", "alg": "HS256"},
        without("ed", "kid"),
        without("ed", "x"),
        without("ed", "kty"),
        "no object",
    ],
    ids=map(str, count()),  # keys are new in each process, and so are no names
)
def test_an_unfit_key_is_passed_over(jwk: Any) -> None:
    assert list(keys_in(document(jwk, {**ISSUER.jwk("ec"), "kid": "good"}))) == ["good"]


def test_of_two_keys_with_one_id_the_first_holds() -> None:
    found = keys_in(document({**ISSUER.jwk("ec"), "kid": "same"}, {**ISSUER.jwk("ed"), "kid": "same"}))
    assert found["same"].algorithm_name == "ES256"


def test_a_set_without_usable_keys_is_none() -> None:
    with pytest.raises(ValueError, match="no usable key"):
        keys_in(document({**ISSUER.jwk("ed"), "use": "enc"}))


def test_a_set_is_not_endless() -> None:
    with pytest.raises(ValueError, match="at most"):
        keys_in(document(*[ISSUER.jwk("ed")] * (MOST_KEYS + 1)))
