"""Makes tokens, right ones and every kind of wrong one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

ISSUER = "test-issuer"
AUDIENCE = "timbre"
KEY_ID = "test-key"


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


class Issuer:
    """An issuer whose key set lies in a file."""

    def __init__(self, folder: Path) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.jwk = {**OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": KEY_ID, "alg": "EdDSA"}
        self.path = folder / "jwks.json"
        self.path.write_text(json.dumps({"keys": [self.jwk]}))

    def claims(self, *roles: str, programmes: Sequence[object] = ("*",), **more: Any) -> dict[str, Any]:
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "roles": list(roles),
            "programmes": [str(programme) for programme in programmes],
        }
        return {**claims, **more}

    def token(self, *roles: str, programmes: Sequence[object] = ("*",), **more: Any) -> str:
        return self.signed(self.claims(*roles, programmes=programmes, **more))

    def signed(self, claims: dict[str, Any], *, key: Ed25519PrivateKey | None = None, **header: Any) -> str:
        headers = {"typ": "at+jwt", "kid": KEY_ID, **header}
        return jwt.encode(claims, key or self.key, algorithm="EdDSA", headers=headers)

    def headers(self, *roles: str, programmes: Sequence[object] = ("*",)) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(*roles, programmes=programmes)}"}

    def unsigned(self) -> str:
        return jwt.encode(self.claims("admin"), "", algorithm="none", headers={"typ": "at+jwt", "kid": KEY_ID})

    def signed_with_public_key(self) -> str:
        """HS256 with what everybody can read as the secret: the classic confusion of algorithms."""
        claims = {
            name: int(value.timestamp()) if isinstance(value, datetime) else value
            for name, value in self.claims("admin").items()
        }
        header = {"alg": "HS256", "typ": "at+jwt", "kid": KEY_ID}
        content = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        secret = base64.urlsafe_b64decode(self.jwk["x"] + "=")
        return f"{content}.{encoded(hmac.new(secret, content.encode(), hashlib.sha256).digest())}"
