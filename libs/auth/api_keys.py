"""API keys of machines: their form, which can be checked offline, and who bears them, from digests alone.

`timbre_<id of the secret>_<secret>_<checksum>`: a scanner knows a leaked key by its form and its checksum, and its
owner finds it by the id. Nothing here can tell a key from what is kept of it.
"""

import hmac
import re
import secrets
import string
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from libs.auth.errors import IdentityUnavailable, InvalidToken
from libs.auth.principal import Principal
from libs.auth.roles import KEY_SCOPES
from libs.clock import Clock
from libs.telemetry.logs import logger

log = logger(__name__)

PREFIX = "timbre_"
SUBJECT = "api-key:"  # begins the subject of every key, and of no token
FORM = re.compile(r"timbre_([0-9a-f]{32})_[0-9A-Za-z]{43}_([0-9A-Za-z]{6})", re.ASCII)
BASE62 = string.digits + string.ascii_letters
SECRET_LENGTH = 43  # of base 62: 256 bits
CHECKSUM_LENGTH = 6
NEWS_SECONDS = 10.0  # a secret so young may be unknown because the news of it is still under way
BEGUN_SECONDS = 60.0  # so long a stream that was begun with a key goes on: the key may be revoked meanwhile
REVOKED = b""


def new_key(secret_id: UUID) -> str:
    """Return a new API key, which only its owner will have."""
    secret = "".join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))
    body = f"{PREFIX}{secret_id.hex}_{secret}"
    return f"{body}_{checksum_of(body)}"


def checksum_of(body: str) -> str:
    """Return the CRC-32 of what stands before it, in base 62."""
    rest = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return digits


def secret_id_of(key: str) -> UUID:
    """Return the id in a key of valid form. Raises InvalidToken."""
    found = FORM.fullmatch(key)
    if found is None or checksum_of(key[: -CHECKSUM_LENGTH - 1]) != found[2]:
        raise InvalidToken("this is no API key: compare it with what you were given")
    return UUID(hex=found[1])


def digest_of(key: str) -> str:
    """Return what is kept of a key: its secret is random, so one fast hash is as good as many slow ones."""
    return sha256(key.encode()).hexdigest()


class KnownSecret(BaseModel):
    """What the bucket `api-keys` holds under the id of a secret."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key_id: UUID
    digest: str
    programme_id: UUID
    scopes: tuple[str, ...]
    ends_at: AwareDatetime

    def principal(self) -> Principal:
        """Return who bears it; a scope that keys may not have is left out, whoever wrote it there."""
        return Principal(
            subject=f"{SUBJECT}{self.key_id}",
            roles=frozenset({"service"}),
            scopes=KEY_SCOPES.intersection(self.scopes),
            programmes=frozenset({self.programme_id}),
        )


class ApiKeys:
    """The secrets in force, in memory. They are told through `put`; nobody is asked while a key is judged."""

    def __init__(
        self,
        clock: Clock,
        *,
        loaded: Callable[[], bool],
        current: Callable[[], bool],
        used: Callable[[UUID], None] = lambda _: None,
    ) -> None:
        """Judge once all is `loaded`, and while revocations are heard (`current`); tell `used` the id of each key."""
        self._clock = clock
        self._loaded = loaded
        self._current = current
        self._used = used
        self._known: dict[UUID, tuple[KnownSecret, Principal] | None] = {}

    def __len__(self) -> int:
        return sum(known is not None for known in self._known.values())

    def put(self, name: str, value: bytes | None) -> None:
        """Remember what the bucket holds under a name: a secret, or that it was revoked."""
        try:
            secret_id = UUID(name)
            self._known[secret_id] = None  # first: what cannot be read must not leave what was before it
            if value:
                secret = KnownSecret.model_validate_json(value)
                self._known[secret_id] = secret, secret.principal()
        except (ValidationError, ValueError):
            log.warning("api_key_unreadable", secret_id=name)

    def principal(self, key: str) -> Principal:
        """Return who bears a key. Raises InvalidToken, IdentityUnavailable."""
        secret_id = secret_id_of(key)
        if not self._current():
            raise IdentityUnavailable("it is not known which keys were revoked; try again", retry_after=5)
        known = self._known.get(secret_id)
        if known is None:
            raise self._unknown(secret_id)
        secret, principal = known
        if not hmac.compare_digest(secret.digest, digest_of(key)):
            raise InvalidToken("there is no such API key")
        if secret.ends_at <= self._clock.now():
            raise InvalidToken("this API key has expired")
        self._used(secret.key_id)
        return replace(principal, until=time.time() + BEGUN_SECONDS)

    def _unknown(self, secret_id: UUID) -> InvalidToken | IdentityUnavailable:
        if secret_id in self._known:
            return InvalidToken("there is no such API key")
        made_at = (secret_id.int >> 80) / 1000  # UUIDv7: milliseconds of Unix time come first
        if not self._loaded() or abs(self._clock.now().timestamp() - made_at) < NEWS_SECONDS:
            return IdentityUnavailable("this API key is not known here yet; try again", retry_after=1)
        return InvalidToken("there is no such API key")
