"""An issuer with a key of each kind, and the key file that it publishes."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

ISSUER, AUDIENCE = "https://id.example.org", "timbre"


@dataclass
class Issuer:
    """Signs what a test asks for, right or wrong."""

    path: Path
    ed: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ec: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def publish(self, *names: str) -> None:
        """Write the key set with the keys of these ids (`ed`, `ec`)."""
        known = {
            "ed": {**OKPAlgorithm.to_jwk(self.ed.public_key(), as_dict=True), "alg": "EdDSA"},
            "ec": {**ECAlgorithm.to_jwk(self.ec.public_key(), as_dict=True), "alg": "ES256"},
        }
        keys = [{**known[name], "kid": name, "use": "sig"} for name in names]
        self.path.write_text(json.dumps({"keys": keys}))

    def public_bytes(self) -> bytes:
        """What an attacker has of the key: its public half, raw."""
        return self.ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def token(
        self,
        *,
        claims: dict[str, Any] | None = None,
        without: str = "",
        headers: dict[str, Any] | None = None,
        algorithm: str = "EdDSA",
        key: Any = None,
    ) -> str:
        """A good token, but for what is given."""
        now = datetime.now(UTC)
        good = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "alice",
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "roles": ["manager"],
            "programmes": ["*"],
        }
        body = {name: value for name, value in {**good, **(claims or {})}.items() if name != without}
        head = {"typ": "at+jwt", "kid": "ed", **(headers or {})}
        return jwt.encode(body, self.ed if key is None else key, algorithm=algorithm, headers=head)
