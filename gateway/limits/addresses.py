"""Who called, where proxies stand in front."""

from ipaddress import ip_address

from starlette.types import Scope

Address = tuple[str, int]


def client_of(scope: Scope, *, trusted_proxies: int) -> Address | None:
    """Return the address that the outermost of so many proxies was called from; else that of the connection.

    Each of them has written whom it serves at the end of `X-Forwarded-For`. What stands before that is what the client
    says, and counts for nothing.
    """
    peer: Address | None = scope.get("client")
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").split(b",")
    if not 0 < trusted_proxies <= len(told):
        return peer
    return _parsed(told[-trusted_proxies].decode("latin-1").strip()) or peer


def _parsed(text: str) -> Address | None:
    """Return an address that may stand in brackets and before a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text)), 0
    except ValueError:
        return None
