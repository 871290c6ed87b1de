"""Reading a JSON Web Key Set (RFC 7517): only keys that may sign access tokens, each for one algorithm."""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK

# what a key is says for which algorithm it is (RFC 8725, 3.1): neither the token nor the set has a choice
ALGORITHM_OF = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
ALGORITHMS = frozenset(ALGORITHM_OF.values())
RSA_BITS = 2048
MOST_KEYS = 100


def keys_in(document: bytes) -> dict[str, PyJWK]:
    """Return the usable keys of a set by id. Raises ValueError when there is none."""
    found: dict[str, PyJWK] = {}
    for jwk in _members(document):
        if (key := _key(jwk)) is not None:
            found.setdefault(str(jwk["kid"]), key)
    if not found:
        raise ValueError("the key set has no usable key")
    return found


def _members(document: bytes) -> list[Mapping[str, Any]]:
    read = json.loads(document)
    keys = read.get("keys") if isinstance(read, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise ValueError(f"this is no set of at most {MOST_KEYS} keys")
    return [jwk for jwk in keys if isinstance(jwk, dict)]


def _key(jwk: Mapping[str, Any]) -> PyJWK | None:
    """Return the key; None for one of another use or kind, and for one whose private half is out."""
    try:
        algorithm = ALGORITHM_OF[jwk["kty"], jwk.get("crv")]
        signs = jwk.get("use", "sig") == "sig" and "verify" in jwk.get("key_ops", ["verify"])
        if not (signs and isinstance(jwk["kid"], str) and jwk.get("alg", algorithm) == algorithm) or "d" in jwk:
            return None
        key = PyJWK(dict(jwk), algorithm)
    except (jwt.PyJWTError, TypeError, KeyError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < RSA_BITS
    return None if weak else key
