"""Reading the address of a Valkey server, as deployments write it: `rediss://user:password@host:6380/0?ssl_ca_certs=ca.pem`."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

PLAIN, SECURE = {"redis", "valkey"}, {"rediss", "valkeys"}
PORT = 6379


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyAddress:
    """Where a server is, and what it is told first; `tls` is None for a plain connection."""

    host: str
    port: int
    database: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, url: str) -> "ValkeyAddress":
        """Return the address in a URL. Raises ValueError.

        A certificate is checked against `ssl_ca_certs`, or else those that the system trusts.
        """
        parts = urlsplit(url)
        if parts.scheme not in PLAIN | SECURE or not parts.hostname:
            raise ValueError("a Valkey address looks like redis://:password@host:6379/0, or rediss:// for TLS")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return cls(
            host=parts.hostname,
            port=parts.port or PORT,
            database=int(query.get("db") or parts.path.strip("/") or 0),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=_tls(query) if parts.scheme in SECURE else None,
        )


def _tls(query: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=query.get("ssl_ca_certs"))
    if certificate := query.get("ssl_certfile"):
        context.load_cert_chain(certificate, query.get("ssl_keyfile"))
    return context
