"""The OpenAPI document of each service as it is stored: `python -m tests.contract.documents write`."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from deploy.local.topology import SERVICES

STORED = Path(__file__).parent / "openapi"
# every service takes some of these; nothing connects before it starts
ADDRESSES = {
    "database_url": "postgresql://user:password@127.0.0.1/database",
    "nats_url": "nats://127.0.0.1",
    "valkey_url": "redis://127.0.0.1",
    "content_url": "http://127.0.0.1:1",
    "sharing_url": "http://127.0.0.1:2",
    "engagement_url": "http://127.0.0.1:3",
    "gamification_url": "http://127.0.0.1:4",
    "gateway_url": "http://127.0.0.1:5",
    "webhooks_url": "http://127.0.0.1:6",
    "secret_key": "s" * 32,
    "auth_jwks": "/nowhere/jwks.json",
    "auth_issuer": "https://id.example.org",
    "person_key": "k" * 32,
}


PACKAGES = {program.name: program.module for program in SERVICES}


def services() -> list[str]:
    """The processes that stand behind the gateway."""
    return sorted(PACKAGES)


def application(package: str) -> FastAPI:
    """The application of a package, not started."""
    settings = import_module(f"{package}.settings").Settings
    needed = {name: value for name, value in ADDRESSES.items() if name in settings.model_fields}
    app = import_module(f"{package}.app").create_app(settings(**needed))
    assert isinstance(app, FastAPI)
    return app


def document(service: str) -> dict[str, Any]:
    """What `/openapi.json` of a service answers."""
    return application(PACKAGES[service]).openapi()


def stored(service: str) -> dict[str, Any]:
    """What was written last; empty when nothing was."""
    path = STORED / f"{service}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def write() -> None:
    """Store the documents of today."""
    STORED.mkdir(exist_ok=True)
    for service in services():
        text = json.dumps(document(service), indent=2, ensure_ascii=False) + "\n"
        (STORED / f"{service}.json").write_text(text)


if __name__ == "__main__":
    if sys.argv[1:] != ["write"]:
        sys.exit("usage: python -m tests.contract.documents write")
    write()
