"""Stands for the networks: signs as each of them says that it does, in code of its own."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.support.harness import Running

SECRETS: dict[str, tuple[str, str]] = {
    "linkedin": ("linkedin-new-secret", "linkedin-old-secret"),
    "x": ("x-new-secret", "x-old-secret"),
    "meta": ("meta-new-secret", "meta-old-secret"),
}
TOKENS = ("meta-new-token", "meta-old-token")
NETWORKS = tuple(SECRETS)
HEADERS = {"linkedin": "X-LI-Signature", "x": "x-twitter-webhooks-signature", "meta": "X-Hub-Signature-256"}


def _linkedin(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()


def _x(secret: str, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _meta(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


SIGN: dict[str, Callable[[str, bytes], str]] = {"linkedin": _linkedin, "x": _x, "meta": _meta}


def raw(headers: Mapping[str, bytes]) -> dict[bytes, bytes]:
    return {name.encode(): value for name, value in headers.items()}


def body_of(payload: object) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


async def deliver(
    running: Running,
    network: str,
    body: bytes,
    *,
    secret: str | None = None,
    headers: Mapping[str, bytes] | None = None,
) -> httpx.Response:
    """Send a body as the network would, under its newest secret unless another is given."""
    signed = in_header({HEADERS[network]: SIGN[network](secret or SECRETS[network][0], body)})
    return await running.client.post(
        f"/webhooks/{network}",
        content=body,
        headers={b"content-type": b"application/json", **raw(signed if headers is None else headers)},
    )


async def tell(running: Running, network: str, payload: object) -> None:
    """Send a payload that is taken, and wait until it is read."""
    answer = await deliver(running, network, body_of(payload))
    assert answer.status_code == 200, answer.text
    await running.settled()


def in_header(of: Mapping[str, str]) -> dict[str, bytes]:
    """Headers as they are on the wire, also where their text is no ASCII."""
    return {name: value.encode() for name, value in of.items()}


async def written(running: Running) -> tuple[int, list[Any]]:
    """What the service has written: messages in its streams, and rows in its tables."""
    await running.settled()
    messages = 0
    for stream in ("INTAKE", "ENGAGEMENT", "DEAD"):
        info = await running.parts.connection.api(f"STREAM.INFO.{stream}")
        messages += info["state"]["last_seq"]
    tables = ("interaction", "quarantined", "receipt", "webhook_delivery", "post_alias", "outbox", "inbox")
    rows = [(await running.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables]  # noqa: S608 - ours
    return messages, rows
