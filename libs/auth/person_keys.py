"""Keyed hashes that stand for people in events and tables: the raw handle or subject is never stored."""

import hmac
from datetime import date


class PersonKeys:
    """Makes opaque keys with a secret that the services share; without it nobody can guess a name back."""

    def __init__(self, secret: str) -> None:
        """Use `secret` (at least 32 characters)."""
        self._secret = secret.encode()

    def of_handle(self, network: str, handle: str) -> str:
        """Return the key of a person on a network; case and surrounding blanks do not matter."""
        return self.on_network(network, self.of_name(handle))

    def of_name(self, handle: str) -> str:
        """Return the key of a handle whose network is not known yet."""
        return self._key(f"name:{handle.strip().lstrip('@').casefold()}")

    def on_network(self, network: str, name_key: str) -> str:
        """Return the key of a person on a network from `of_name`."""
        return self._key(f"handle:{network}:{name_key}")

    def of_subject(self, subject: str) -> str:
        """Return the key of a token's subject."""
        return self._key(f"subject:{subject}")

    def of_text(self, text: str) -> str:
        """Return the key of a text, equal for equal texts."""
        return self._key(f"text:{text}")

    def secret_of_day(self, day: date) -> bytes:
        """Return the secret of one day, for keys that must not be compared with those of another day."""
        return hmac.digest(self._secret, f"day:{day.isoformat()}".encode(), "sha256")

    def _key(self, value: str) -> str:
        return hmac.digest(self._secret, value.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]
