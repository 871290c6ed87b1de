"""Verifying what callers bear: access tokens (RFC 9068) by rules that no token can choose, and API keys."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from libs.auth.api_keys import PREFIX, SUBJECT, ApiKeys
from libs.auth.claims import ClaimMap
from libs.auth.errors import InvalidToken
from libs.auth.jwks import ALGORITHMS
from libs.auth.key_sets import KeySet
from libs.auth.principal import Principal

LEEWAY_SECONDS = 10
MAX_BYTES = 8192
REMEMBERED = 10_000
REMEMBERED_SECONDS = 30
TYPES = frozenset({"at+jwt", "application/at+jwt"})
# keys that a token brings itself, what it says we must understand, and a payload that is not in it
UNWANTED = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
# what ID tokens have and access tokens do not: all that keeps them apart where both are of the type JWT
OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is asked of a token beside its signature."""

    issuer: str
    audience: str
    other_audiences: Sequence[str] = ()
    plain_jwt: bool = False
    claims: ClaimMap = ClaimMap()  # noqa: RUF009 - frozen, so shared by all


class Verifier:
    """Turns a token or an API key into a principal, or says why not."""

    def __init__(self, keys: KeySet, api_keys: ApiKeys, rules: Rules) -> None:
        """Accept only what is signed by one of `keys` and follows the rules, and the keys of `api_keys`."""
        self._keys = keys
        self._api_keys = api_keys
        self._rules = rules
        self._audiences = frozenset({rules.audience, *rules.other_audiences})
        self._known: dict[str, tuple[float, Principal, int]] = {}

    def known(self, token: str) -> Principal | None:
        """Return who bears a token that was found valid a moment ago; None: it must be verified.

        A signature costs as much as a thousand of these looks, so a token that was found valid is so for half a minute
        more, never beyond its own end, and not after the keys have changed.
        """
        known = self._known.get(token)
        return known[1] if known and time.time() < known[0] and known[2] == self._keys.version else None

    async def verify(self, token: str) -> Principal:
        """Return who bears a token or an API key. Raises InvalidToken, IdentityUnavailable."""
        if (known := self.known(token)) is not None:
            return known
        if token.startswith(PREFIX):
            return self._api_keys.principal(token)
        try:
            claims = await self._claims(token)
            # as long as it is taken
            principal = self._rules.claims.principal(claims, until=float(claims["exp"]) + LEEWAY_SECONDS)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise InvalidToken(f"{type(error).__name__}: {error}") from error
        self._remember(token, principal, until=min(float(claims["exp"]), time.time() + REMEMBERED_SECONDS))
        return principal

    def _remember(self, token: str, principal: Principal, *, until: float) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))  # the oldest: dictionaries keep the order of insertion
        self._known.pop(token, None)
        self._known[token] = until, principal, self._keys.version

    async def _claims(self, token: str) -> dict[str, Any]:
        header = self._header(token)
        key = await self._keys.find(header["kid"])
        if key.algorithm_name != header["alg"]:  # a key is for one algorithm (RFC 8725, 3.1)
            raise InvalidToken("this key is not for this algorithm")
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self._rules.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_aud": False},
        )
        self._check(claims)
        return claims

    def _header(self, token: str) -> Mapping[str, Any]:
        """Return the header of what may be an access token; nothing is looked up for any other."""
        if len(token) > MAX_BYTES:
            raise InvalidToken("the token is too long")
        header = jwt.get_unverified_header(token)
        kind = header.get("typ")
        if not (kind in TYPES or (self._rules.plain_jwt and kind in {"JWT", None})):
            raise InvalidToken("not an access token by its type")
        if header.get("alg") not in ALGORITHMS:
            raise InvalidToken("not of an accepted algorithm")
        if UNWANTED & header.keys():
            raise InvalidToken("its header has what no access token needs")
        if not isinstance(header.get("kid"), str):
            raise InvalidToken("it does not name its key")
        return header

    def _check(self, claims: Mapping[str, Any]) -> None:
        aud = claims["aud"]
        if self._rules.other_audiences and isinstance(aud, list):
            exact = self._rules.audience in aud and self._audiences.issuperset(aud)
        else:
            exact = aud == self._rules.audience
        if not exact:
            raise InvalidToken("it is not for this audience alone")
        if not claims["sub"] or claims["sub"].startswith(SUBJECT):
            raise InvalidToken("its subject is none of the issuer's")
        if self._rules.plain_jwt and (OF_ID_TOKENS & claims.keys() or _says_otherwise(claims)):
            raise InvalidToken("this is no access token")


def _says_otherwise(claims: Mapping[str, Any]) -> bool:
    """Whether a token says inside that it is for something else, as Keycloak (`typ`) and Cognito (`token_use`) do."""
    return (claims.get("typ", "Bearer"), claims.get("token_use", "access")) != ("Bearer", "access")
