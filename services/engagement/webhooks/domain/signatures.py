"""How each network signs what it sends, and how a challenge of it is answered.

LinkedIn: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation
X: https://docs.x.com/x-api/webhooks/introduction
Meta: https://developers.facebook.com/docs/graph-api/webhooks/getting-started/

LinkedIn and X sign challenges of anybody with the secret that signs their deliveries. So a challenge is answered only
when it cannot be the body of a delivery: it has the narrow form of a challenge, and a delivery is a JSON object.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Literal

Network = Literal["linkedin", "x", "meta"]
Secrets = Sequence[str]  # those in use: the newest first, and for a rotation the one before

HEADERS: Mapping[Network, str] = {
    "linkedin": "x-li-signature",
    "x": "x-twitter-webhooks-signature",
    "meta": "x-hub-signature-256",
}
# a challenge of LinkedIn is a UUID, one of X a token in base64
CHALLENGES: Mapping[Network, re.Pattern[str]] = {
    "linkedin": re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "x": re.compile(r"[A-Za-z0-9+/=_-]{8,256}"),
    "meta": re.compile(r"[A-Za-z0-9_-]{1,256}"),
}


def signature_of(network: Network, secret: str, body: bytes) -> str:
    """Return what the network puts into its header for a body."""
    if network == "linkedin":
        return _mac(secret, b"hmacsha256=" + body).hex()
    mac = _mac(secret, body)
    return "sha256=" + (mac.hex() if network == "meta" else base64.b64encode(mac).decode())


def is_signed(network: Network, body: bytes, given: str, secrets: Secrets) -> bool:
    """Whether a body was signed under one of the secrets; takes the same time whichever it is, and when none is."""
    sent = (given.removeprefix("hmacsha256=") if network == "linkedin" else given).encode("utf-8", "replace")
    # counted, so that every secret is tried
    return sum(hmac.compare_digest(signature_of(network, secret, body).encode(), sent) for secret in secrets) > 0


def is_token(given: str, tokens: Secrets) -> bool:
    """Whether a text is one of the tokens; takes the same time whichever it is."""
    sent = given.encode("utf-8", "replace")
    return sum(hmac.compare_digest(token.encode(), sent) for token in tokens) > 0


def is_challenge(network: Network, challenge: str) -> bool:
    """Whether a text has the form of this network's challenges, which no delivery has."""
    return CHALLENGES[network].fullmatch(challenge) is not None


def is_delivery(body: bytes) -> bool:
    """Whether a body can be a delivery: a JSON object, which no challenge is."""
    return body.lstrip(b" \t\r\n").startswith(b"{")


def answer_to(network: Network, secrets: Secrets, challenge: str) -> str:
    """Return the answer to a challenge of LinkedIn or X, under the newest secret."""
    mac = _mac(secrets[0], challenge.encode())
    return mac.hex() if network == "linkedin" else "sha256=" + base64.b64encode(mac).decode()


def _mac(secret: str, content: bytes) -> bytes:
    return hmac.digest(secret.encode(), content, "sha256")
