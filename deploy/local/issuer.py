"""Owns the token issuer of a local stack: its key, its public key set, and the tokens it mints."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from deploy.local.folder import DataFolder

ISSUER = "timbre-local"
AUDIENCE = "timbre"


def mint(
    folder: DataFolder,
    *,
    subject: UUID | str,
    roles: Sequence[str],
    programmes: Sequence[UUID | Literal["*"]],
    lifetime: timedelta,
    now: datetime,
) -> str:
    """An access token (RFC 9068, EdDSA) valid from `now` for `lifetime`; makes the key on first use."""
    key = _key(folder)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(subject),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "jti": secrets.token_urlsafe(16),
        "roles": list(roles),
        "programmes": [str(programme) for programme in programmes],
    }
    headers = {"typ": "at+jwt", "kid": _public_jwk(key)["kid"]}
    return jwt.encode(claims, key, algorithm="EdDSA", headers=headers)


def publish_keys(folder: DataFolder) -> Path:
    """Write the public key set (RFC 7517) to issuer/jwks.json, with the key made on first use."""
    path = folder.root / "issuer" / "jwks.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"keys": [_public_jwk(_key(folder))]}, indent=2) + "\n")
    return path


def _key(folder: DataFolder) -> Ed25519PrivateKey:
    pem = folder.secret_file("issuer.pem", _new_key).read_bytes()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey), "the only kind that is written"
    return key


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    jwk: dict[str, str] = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    required = {name: jwk[name] for name in ("crv", "kty", "x")}
    # RFC 7638: the digest of the required members, in this order, without spaces.
    digest = sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {**required, "kid": kid, "alg": "EdDSA", "use": "sig"}
