"""Verifying access tokens (RFC 9068): algorithm from our settings, issuer, audience and type exact, small leeway."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from jwt import PyJWK, PyJWKSet

from libs.auth.errors import InvalidToken
from libs.auth.principal import Principal
from libs.auth.roles import scopes_of

ALGORITHMS = ("EdDSA", "ES256", "RS256")
LEEWAY_SECONDS = 10
REFRESH_SECONDS = 10  # an unknown key id rereads the key set at most this often
KEPT_SECONDS = 300  # and a known one this often, so that a key that was withdrawn is forgotten
MAX_BYTES = 8192
REMEMBERED = 10_000
REMEMBERED_SECONDS = 30


class KeyFile:
    """The issuer's public keys from a JWKS file; read again every five minutes, and for an unknown key."""

    def __init__(self, path: Path) -> None:
        """Read lazily, so that the issuer may write the file after we have started."""
        self._path = path
        self._keys: dict[str, PyJWK] = {}
        self._read_at = float("-inf")
        self.readings = 0

    def key(self, key_id: str) -> PyJWK:
        """Return the key of that id. Raises InvalidToken when the issuer has none."""
        age = time.monotonic() - self._read_at
        if age > (KEPT_SECONDS if key_id in self._keys else REFRESH_SECONDS):
            self._read_at = time.monotonic()
            self.readings += 1
            document = json.loads(self._path.read_text()) if self._path.exists() else {"keys": []}
            self._keys = {key.key_id: key for key in PyJWKSet.from_dict(document).keys if key.key_id}
        if key_id not in self._keys:
            raise InvalidToken("the issuer has no key of this id")
        return self._keys[key_id]


class Verifier:
    """Turns a token into a principal, or says why not."""

    def __init__(self, keys: KeyFile, *, issuer: str, audience: str) -> None:
        """Accept only tokens of `issuer` for `audience`, signed by one of `keys`."""
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._known: dict[str, tuple[float, Principal, int]] = {}

    def known(self, token: str) -> Principal | None:
        """Return who bears a token that was found valid a moment ago; None: it must be verified.

        A signature costs a third of a millisecond, so a token that was found valid is taken as such for half a minute
        more, never beyond its own end, and not after the keys were read again.
        """
        known = self._known.get(token)
        return known[1] if known and time.time() < known[0] and known[2] == self._keys.readings else None

    def verify(self, token: str) -> Principal:
        """Return who bears the token. Raises InvalidToken."""
        if (known := self.known(token)) is not None:
            return known
        try:
            claims = self._claims(token)
            principal = _principal(claims)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise InvalidToken(f"{type(error).__name__}: {error}") from error
        self._remember(token, principal, until=min(float(claims["exp"]), time.time() + REMEMBERED_SECONDS))
        return principal

    def _remember(self, token: str, principal: Principal, *, until: float) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))  # the oldest: dictionaries keep the order of insertion
        self._known.pop(token, None)
        self._known[token] = until, principal, self._keys.readings

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_BYTES:
            raise InvalidToken("the token is too long")
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt" or header.get("alg") not in ALGORITHMS:
            raise InvalidToken("not an access token of an accepted algorithm")
        key = self._keys.key(str(header.get("kid")))
        if key.algorithm_name != header["alg"]:  # a key is for one algorithm (RFC 8725, 3.1)
            raise InvalidToken("this key is not for this algorithm")
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "strict_aud": True},
        )


def _principal(claims: dict[str, Any]) -> Principal:
    roles = [str(role) for role in claims.get("roles", [])]
    programmes = [str(programme) for programme in claims.get("programmes", [])]
    return Principal(
        subject=str(claims["sub"]),
        roles=frozenset(roles),
        scopes=scopes_of(roles),
        programmes=None if programmes == ["*"] else frozenset(UUID(programme) for programme in programmes),
        until=float(claims["exp"]) + LEEWAY_SECONDS,  # as long as it is taken
    )
