"""An issuer with a key of each kind, the key sets that it gives out, and verifiers that trust it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from libs.auth.api_keys import ApiKeys
from libs.auth.key_sets import KeySet, Unreadable
from libs.auth.metrics import AuthMetrics
from libs.auth.tokens import Rules, Verifier
from libs.clock import SystemClock
from libs.telemetry.metrics import Telemetry

ISSUER, AUDIENCE = "https://id.example.org", "timbre"
RSA_KEY = generate_rsa_key(65537, 2048)  # the slowest of the three to make


@dataclass
class Issuer:
    """Signs what a test asks for, right or wrong. As a source of keys it counts how often it was asked."""

    ed: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ec: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    rsa: RSAPrivateKey = RSA_KEY
    document: bytes = b""
    down: bool = False
    readings: int = 0

    def __post_init__(self) -> None:
        self.publish("ed", "ec", "rsa")

    def jwk(self, name: str) -> dict[str, Any]:
        """The public half of one of the keys (`ed`, `ec`, `rsa`)."""
        known: dict[str, dict[str, Any]] = {
            "ed": {**OKPAlgorithm.to_jwk(self.ed.public_key(), as_dict=True), "alg": "EdDSA"},
            "ec": {**ECAlgorithm.to_jwk(self.ec.public_key(), as_dict=True), "alg": "ES256"},
            "rsa": {**RSAAlgorithm.to_jwk(self.rsa.public_key(), as_dict=True), "alg": "RS256"},
        }
        known["rsa"].pop("key_ops", None)
        return {**known[name], "kid": name, "use": "sig"}

    def publish(self, *names: str) -> None:
        """Give out the keys of these ids from now on."""
        self.document = json.dumps({"keys": [self.jwk(name) for name in names]}).encode()

    async def read(self) -> bytes:
        """Return the key set. Raises Unreadable while the issuer is down."""
        self.readings += 1
        if self.down:
            raise Unreadable("ConnectError")
        return self.document

    def public_bytes(self) -> bytes:
        """What an attacker has of the key: its public half, raw."""
        return self.ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def public_pem(self) -> bytes:
        """The public half of the RSA key, as it is usually written."""
        return self.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

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


def api_keys(*, loaded: bool = True, current: bool = True, **rest: Any) -> ApiKeys:
    """What judges API keys, knowing none yet."""
    return ApiKeys(SystemClock(), loaded=lambda: loaded, current=lambda: current, **rest)


def key_set(issuer: Issuer, clock: list[float] | None = None, *, stale_seconds: float = 3600) -> KeySet:
    """The issuer's keys, as a process holds them; time is the only element of `clock`."""
    now = clock or [1000.0]
    metrics = AuthMetrics(Telemetry("test"))
    return KeySet(issuer, metrics, stale_seconds=stale_seconds, monotonic=lambda: now[0])


def verifier_of(issuer: Issuer, clock: list[float] | None = None, **rules: Any) -> Verifier:
    """Who accepts the issuer's tokens."""
    chosen = Rules(**{"issuer": ISSUER, "audience": AUDIENCE, **rules})
    return Verifier(key_set(issuer, clock), api_keys(), chosen)
