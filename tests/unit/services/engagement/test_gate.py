"""The paths at which requests are turned away before a route is looked for."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send

from services.engagement.app import create_app
from services.engagement.intake.api import PATHS, Gate
from services.engagement.settings import Settings


def routes() -> dict[str, str]:
    """Each path that takes something, with what is said of its failures."""
    settings = Settings(
        database_url=SecretStr("postgresql://nobody@localhost/none"),
        nats_url=SecretStr("nats://localhost"),
        auth_jwks=Path("keys.json"),
        auth_issuer="test",
        person_key=SecretStr("0" * 32),
    )
    paths = create_app(settings).openapi()["paths"]
    return {path: json.dumps(of["post"]["responses"]) for path, of in paths.items() if "post" in of}


def test_the_gate_stands_before_every_door_that_can_be_full() -> None:
    assert {path.path_format for path in PATHS} == {path for path, said in routes().items() if "door-full" in said}


class Pressed:
    """A door at which nobody is let in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def check(self, door: str, size: int) -> None:
        self.asked.append((door, size))


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "/programmes/1/interactions", [("interactions", 70)]),
        ("POST", "/webhooks/x", [("webhooks", 70)]),
        ("GET", "/webhooks/x", []),
        ("POST", "/programmes/1/conversion-keys", []),
        ("POST", "/programmes/1/interactions/", []),
        ("POST", "/webhooks/xy", []),
    ],
)
async def test_only_what_comes_to_a_door_is_looked_at(method: str, path: str, asked: list[tuple[str, int]]) -> None:
    pressed, passed = Pressed(), list[str]()

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["path"])

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is answered")

    owner = type("Owner", (), {"state": type("State", (), {"pressure": pressed})})
    scope = {"type": "http", "method": method, "path": path, "headers": [(b"content-length", b"70")], "app": owner}
    await Gate(app)(scope, receive, send)
    assert (pressed.asked, passed) == (asked, [path])
