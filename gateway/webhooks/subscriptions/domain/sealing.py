"""Secrets as they are stored: encrypted under a key of the settings, so that no copy of the database can sign.

A hash would not do: signing needs the secret itself.
"""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

BYTES = 32  # of a secret; the Standard Webhooks ask for 24 to 64


class SecretUnreadable(Exception):  # noqa: N818 - says what it is
    """A secret was encrypted under none of the keys at hand."""


class Sealer:
    """Encrypts and decrypts secrets (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Encrypt under the first of `keys`, decrypt what any of them has encrypted."""
        fernets = [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys]
        self._newest, self._any = fernets[0], MultiFernet(fernets)

    def seal(self, secret: bytes) -> bytes:
        """Return what is stored."""
        return self._newest.encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """Return the secret. Raises SecretUnreadable."""
        try:
            return self._any.decrypt(sealed)
        except InvalidToken as error:
            raise SecretUnreadable from error

    def sealed_anew(self, sealed: bytes) -> bytes | None:
        """Return the secret under the newest key; None when it is already. Raises SecretUnreadable."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None


def shown(secret: bytes) -> str:
    """Return a secret as its receiver holds it."""
    return "whsec_" + base64.b64encode(secret).decode()
